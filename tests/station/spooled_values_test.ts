import assert from "node:assert/strict";
import { minuteMs, timestamp } from "../../src/base/time.ts";
import { IntervalRecorder, IntervalStore } from "../../src/interval/mod.ts";
import { spooledValues } from "../../src/station/spooled_values.ts";
import { short, startMs } from "../interval/samples.ts";
import { Setup } from "../spool/setup.ts";

Deno.test("readings in the spool that a killed process has not stored belong to its intervals", async () => {
  using setup = new Setup();
  const { folder, time, log } = setup;
  const newRecorder = (store: IntervalStore) =>
    new IntervalRecorder({ meter: "evse-1", intervalMinutes: 15, store, time, clockSynchronised: () => true });
  const killed = new IntervalStore(folder, { log, time });
  const before = newRecorder(killed);
  before.add({ meterId: "A", takenAtMs: startMs, energyImportWh: 0, isReading: true });
  before.store();
  killed.close();

  using spool = setup.open();
  const spooled = (atMs: number, total?: number) => ({
    meter: "evse-1",
    messageId: `A:${atMs}`,
    takenAtMs: startMs + atMs,
    payload: JSON.stringify({
      timestamp: timestamp(startMs + atMs),
      meter_id: "A",
      ...(total === undefined ? {} : { energy_Wh_import: { total }, power_W: { total: 600 } }),
    }),
  });
  spool.add([spooled(0, 0), spooled(14 * minuteMs, 140), spooled(15 * minuteMs, 150), spooled(16 * minuteMs)]);
  await time.advance(20 * minuteMs);
  using store = Object.assign(new IntervalStore(folder, { log, time }), {
    [Symbol.dispose](this: IntervalStore) {
      this.close();
    },
  });
  const after = newRecorder(store);
  after.addLate(spooledValues(spool, "evse-1", after.newestMs));
  const [waiting] = store.waiting(10, []);
  assert.equal(waiting && short(waiting.interval), "0-15: 150 measured");
  // The reading at the start was known
  assert.deepEqual([waiting?.interval.readings, waiting?.interval.largestMinuteW], [2, 600]);
  assert.equal(spool.size, 4);
});

Deno.test("a damaged reading in the spool does not stop the start, and is left out", () => {
  using setup = new Setup();
  using spool = setup.open();
  const payload = JSON.stringify({
    timestamp: timestamp(startMs),
    meter_id: "A",
    energy_Wh_import: { total: 5 },
  });
  const spooled = ["{ not JSON", "{}", payload].map((text, index) => ({
    meter: "evse-1",
    messageId: `A:${index}`,
    takenAtMs: startMs + index,
    payload: text,
  }));
  spool.add(spooled);
  const values = spooledValues(spool, "evse-1", startMs - 1);
  assert.deepEqual(values.map(({ energyImportWh }) => energyImportWh), [5]);
});

Deno.test("without a stored state of the intervals, the readings in the spool are not read, so that the start is fast", () => {
  const unused = { since: () => assert.fail("the spool is read") };
  assert.deepEqual(spooledValues(unused, "evse-1", undefined), []);
});
