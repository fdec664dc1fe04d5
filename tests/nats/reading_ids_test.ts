import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { ReadingIds } from "../../src/nats/reading_ids.ts";

const timestamp = "2026-01-31T08:00:00.250Z";

Deno.test("ReadingIds gives meters without a serial number and with the same name at two sites different ids", () => {
  for (const meterId of ["evse-1", "evse-1.2024"]) {
    const [one, other] = ["north", "south"].map((site) =>
      new ReadingIds(site, silentLog).of("evse-1", { meter_id: meterId, timestamp })
    );
    assert.deepEqual([one, other], [`${meterId}:${timestamp}:north`, `${meterId}:${timestamp}:south`]);
  }
});

Deno.test("ReadingIds omits the site for a meter with a serial number", () => {
  const of = (site: string) => new ReadingIds(site, silentLog).of("evse-1", { meter_id: "BY1234567.2024", timestamp });
  assert.deepEqual([of("north"), of("south")], Array(2).fill(`BY1234567.2024:${timestamp}`));
});
