import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minuteMs } from "../../src/base/time.ts";
import { sizeOf } from "../../src/base/files.ts";
import { Setup } from "./setup.ts";

/** Makes the file unusable until the returned function is called. */
type Obstacle = (path: string) => () => void;

const obstacles: Readonly<Record<string, Obstacle>> = {
  "cannot be opened": (path) => {
    Deno.renameSync(path, `${path}.aside`);
    Deno.mkdirSync(path);
    return () => {
      Deno.removeSync(path);
      Deno.renameSync(`${path}.aside`, path);
    };
  },
  "is locked": (path) => {
    const other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return () => other.close();
  },
};

/** A process has read for 20 minutes; the next one starts while its file cannot be used. */
async function startedWith(obstacle: Obstacle) {
  const setup = new Setup();
  await setup.readEachMinute(setup.recorder(), 20);
  setup.store.close();
  const remove = obstacle(join(setup.folder, "intervals.db"));
  setup.kill();
  return { setup, remove, recorder: setup.recorder() };
}

for (const [what, obstacle] of Object.entries(obstacles)) {
  Deno.test(`if the file ${what} at the start, its state is continued as soon as this is over`, async () => {
    const { setup, remove, recorder } = await startedWith(obstacle);
    using _ = setup;
    await setup.readEachMinute(recorder, 33);
    assert.match(setup.store.problems.failed ?? "", /^Cannot use the file of intervals .*; retrying$/);
    assert.equal(sizeOf(join(setup.folder, "intervals.db.damaged")), undefined);
    remove();
    await setup.readEachMinute(recorder, 61);
    assert.equal(setup.store.problems.failed, undefined);
    assert.deepEqual(setup.waiting, ["0-15", "15-30", "30-45", "45-60"].map((time) => `evse-1 ${time}: 150 measured`));
    const found = setup.store.waiting(10, []).map(({ interval }) => [interval.readings, interval.largestMinuteW]);
    assert.deepEqual(found, Array.from({ length: 4 }, () => [15, 600]));
    setup.kill();
    await setup.readEachMinute(setup.recorder(), 76);
    assert.equal(setup.waiting.at(-1), "evse-1 60-75: 150 measured");
  });
}

Deno.test("if the file cannot be opened for days, the time is a gap with all its energy", async () => {
  const { setup, remove, recorder } = await startedWith(obstacles["cannot be opened"] ?? assert.fail());
  using _ = setup;
  const [days, hour] = [3 * 24 * 60, 60];
  await setup.readEachMinute(recorder, days);
  remove();
  await setup.readEachMinute(recorder, days + hour + 1);
  const intervals = setup.store.waiting(1_000, []).map(({ interval }) => interval);
  assert.deepEqual(intervals.slice(1).map(({ startMs }) => startMs), intervals.slice(0, -1).map(({ endMs }) => endMs));
  assert.equal(intervals.reduce((sum, { importWh }) => sum + importWh, 0), 10 * (days + hour));
  assert.deepEqual(intervals.flatMap(({ quality }, index) => quality === "measured" ? [] : [index, quality]), [
    1,
    "gap",
  ]);
});

Deno.test("a clock that is set back while the file cannot be opened costs no energy", async () => {
  const { setup, remove, recorder } = await startedWith(obstacles["cannot be opened"] ?? assert.fail());
  using _ = setup;
  setup.time.setWall(setup.time.now() - 10 * minuteMs);
  await setup.readEachMinute(recorder, 22);
  remove();
  await setup.readEachMinute(recorder, 41);
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 measured", "evse-1 15-30: 250 clock_unsynchronised"]);
});

Deno.test("late values of an earlier process are taken when the file can be read", async () => {
  const setup = new Setup();
  using _ = setup;
  await setup.readEachMinute(setup.recorder(), 12);
  setup.store.close();
  const remove = obstacles["is locked"]?.(join(setup.folder, "intervals.db"));
  setup.kill();
  const takenAtMs = setup.time.now() + 3 * minuteMs;
  await setup.time.advance(20 * minuteMs);
  const recorder = setup.recorder(15, [{ meterId: "A", takenAtMs, energyImportWh: 150, isReading: true }]);
  await setup.readEachMinute(recorder, 33);
  remove?.();
  await setup.readEachMinute(recorder, 46);
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 measured", "evse-1 15-45: 300 gap"]);
});
