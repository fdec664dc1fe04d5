import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minuteMs } from "../../src/base/time.ts";
import type { IntervalRecorder } from "../../src/interval/mod.ts";
import { Setup } from "./setup.ts";

Deno.test("a damaged file is renamed, and a new one is started", () => {
  using setup = new Setup();
  setup.store.close();
  Deno.writeTextFileSync(join(setup.folder, "intervals.db"), "not a database ".repeat(500));
  setup.kill();
  setup.read(setup.recorder());
  assert.equal(setup.log.count(/warn The file of intervals was damaged and has been renamed/), 1);
  assert.ok(Deno.statSync(join(setup.folder, "intervals.db.damaged")).isFile);
});

Deno.test("after damage in operation and a restart, no interval is missing and none becomes a gap", async () => {
  using setup = new Setup();
  const { time } = setup;
  const readUntil = async (recorder: IntervalRecorder, minutes: number) => {
    for (; time.mono() <= minutes * minuteMs; await time.advance(minuteMs)) {
      setup.read(recorder);
      recorder.store();
    }
  };
  const recorder = setup.recorder();
  await readUntil(recorder, 37);
  for (const each of setup.store.waiting(10, [])) assert.ok(setup.store.published(each));
  setup.damage();
  await readUntil(recorder, 50);
  assert.equal(setup.log.count(/warn The file of intervals was damaged and has been renamed/), 1);
  setup.kill();
  await readUntil(setup.recorder(), 60);
  // Whether the first ones were published is not known any more
  assert.deepEqual(setup.waiting, [
    "evse-1 0-15: 150 measured",
    "evse-1 15-30: 150 measured",
    "evse-1 30-45: 150 measured",
    "evse-1 45-60: 150 measured",
  ]);
});

Deno.test("an interval of a new file does not count as published because one of the damaged file was", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 31; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  const [, second] = setup.store.waiting(10, []);
  assert.ok(second !== undefined);
  setup.damage();
  recorder.store();
  recorder.store();
  assert.equal(setup.waiting.length, 2);
  setup.store.published({ ...second, seq: 1 });
  assert.equal(setup.waiting.length, 2);
});

Deno.test("a file of a later release is kept under another name", () => {
  using setup = new Setup();
  const path = join(setup.folder, "intervals.db");
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  setup.recorder();
  const renamed = new DatabaseSync(`${path}.damaged`);
  assert.deepEqual({ ...renamed.prepare("PRAGMA user_version").get() }, { user_version: 99 });
  renamed.close();
});
