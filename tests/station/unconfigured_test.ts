import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { reportUnconfigured } from "../../src/station/mod.ts";
import { linesOf } from "./configs.ts";
import { MemoryStation } from "./memory_station.ts";

Deno.test("the open transaction of a meter that is no longer configured is logged at the start", async () => {
  const lines = { a: { keys: "baudrate: 115200", meters: { one: "1", two: "2" } } };
  await using world = await new MemoryStation(lines).start();
  await world.charge("two", "tx-1");
  const logged: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void logged.push(text) };
  const names = ["one", "two", "three"];
  reportUnconfigured(names, linesOf(lines), world.journal, log);
  assert.deepEqual(logged, []);
  reportUnconfigured(names, linesOf({ a: { meters: { one: "1" } } }), world.journal, log);
  assert.deepEqual(logged, [
    "Transaction tx-1 is open on meter two, which is no longer configured: its record stays on the meter until a meter " +
    "is configured at this address, with this or another name",
  ]);
});
