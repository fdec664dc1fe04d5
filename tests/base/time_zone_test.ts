import assert from "node:assert/strict";
import { isTimeZone, zoneOffsetMinutes } from "../../src/base/time_zone.ts";

Deno.test("isTimeZone accepts the zones of the IANA database", () => {
  for (const zone of ["Europe/Berlin", "America/St_Johns", "UTC"]) assert.ok(isTimeZone(zone), zone);
  for (const zone of ["Europe/Berln", "", "CEST?", "Europe"]) assert.equal(isTimeZone(zone), false, zone);
});

Deno.test("zoneOffsetMinutes handles daylight saving time, half hours and different local days", () => {
  const cases: readonly [zone: string, atMs: number, minutes: number][] = [
    ["Europe/Berlin", Date.UTC(2026, 2, 29, 0, 59, 59, 999), 60],
    ["Europe/Berlin", Date.UTC(2026, 2, 29, 1), 120],
    ["Europe/Berlin", Date.UTC(2026, 9, 25, 0, 59, 59, 999), 120],
    ["Europe/Berlin", Date.UTC(2026, 9, 25, 1), 60],
    ["America/St_Johns", Date.UTC(2026, 0, 1, 1), -210],
    ["Pacific/Kiritimati", Date.UTC(2025, 11, 31, 23), 840],
    ["Asia/Kathmandu", Date.UTC(2026, 5, 1), 345],
    ["UTC", 0, 0],
  ];
  for (const [zone, atMs, minutes] of cases) assert.equal(zoneOffsetMinutes(zone, atMs), minutes, zone);
});
