import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minuteMs } from "../../src/base/time.ts";
import { quarterMs, startMs } from "./samples.ts";
import { Setup } from "./setup.ts";

Deno.test("what cannot be written is written later", async () => {
  using setup = new Setup();
  let isFull = true;
  const save = setup.store.save.bind(setup.store);
  setup.store.save = (change) => !isFull && save(change);
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 16; minute++) {
    assert.equal(setup.read(recorder), false);
    await setup.time.advance(minuteMs);
  }
  isFull = false;
  recorder.store();
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 measured"]);
});

Deno.test("while nothing can be written, the last 200 intervals stay in memory", async () => {
  using setup = new Setup();
  let isFull = true;
  const save = setup.store.save.bind(setup.store);
  setup.store.save = (change) => !isFull && save(change);
  const recorder = setup.recorder();
  for (let quarter = 0; quarter <= 210; quarter++) {
    setup.read(recorder);
    await setup.time.advance(quarterMs);
  }
  isFull = false;
  recorder.store();
  const waiting = setup.store.waiting(1_000, []).map((each) => (each.interval.startMs - startMs) / quarterMs);
  assert.deepEqual(waiting, Array.from({ length: 200 }, (_, index) => 10 + index));
  assert.match(setup.store.problems.dropped ?? "", /^10 intervals were dropped since /);
});

Deno.test("a state with a damaged text is replaced by a new one, and the error does not ask for more space", async () => {
  using setup = new Setup();
  await setup.readEachMinute(setup.recorder(), 1);
  const db = new DatabaseSync(join(setup.folder, "intervals.db"));
  db.exec("INSERT OR REPLACE INTO meters VALUES ('evse-1', 900000, '{ not JSON', 1)");
  db.close();
  await setup.readEachMinute(setup.recorder(), 31);
  assert.equal(
    setup.log.count(/error The stored state of the intervals of a meter is damaged, so a new one begins {/),
    1,
  );
  assert.deepEqual(setup.waiting, ["evse-1 15-30: 150 measured"]);
});
