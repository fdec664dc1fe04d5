import assert from "node:assert/strict";
import { minuteMs, timestamp } from "../../src/base/time.ts";
import { IntervalRecorder, IntervalStore, type RecorderOptions } from "../../src/interval/mod.ts";
import { spooledValues } from "../../src/station/spooled_values.ts";
import { short, startMs } from "../interval/samples.ts";
import { Setup } from "../spool/setup.ts";

Deno.test("readings in the spool that a killed process has not stored belong to its intervals", async () => {
  using setup = new Setup();
  const { folder, time, log } = setup;
  const newRecorder = (store: IntervalStore, lateValues?: RecorderOptions["lateValues"]) =>
    new IntervalRecorder({
      meter: "evse-1",
      intervalMinutes: 15,
      store,
      time,
      lateValues,
      clockSynchronised: () => true,
    });
  const killed = new IntervalStore(folder, { log, time });
  const before = newRecorder(killed, () => assert.fail("without a stored state, a start need not read the spool"));
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
  newRecorder(store, (takenAfterMs) => spooledValues(spool, "evse-1", takenAfterMs));
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
