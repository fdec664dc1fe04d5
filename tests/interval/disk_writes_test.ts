import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minuteMs } from "../../src/base/time.ts";
import { Setup } from "./setup.ts";

Deno.test("each minute, the unfinished interval of a meter costs one page of the disk", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  const db = new DatabaseSync(join(setup.folder, "intervals.db"));
  const pages: unknown[] = [];
  for (let minute = 0; minute < 5; minute++) {
    setup.read(recorder);
    recorder.store();
    // The log then begins again with the next write
    pages.push(db.prepare("PRAGMA wal_checkpoint").get()?.["log"]);
    await setup.time.advance(minuteMs);
  }
  db.close();
  assert.deepEqual(pages.slice(1), [1, 1, 1, 1]);
});

Deno.test("the intervals that wait can be written to the disk while the file is used", async () => {
  using setup = new Setup();
  assert.equal(await setup.store.synced(), true);
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 45; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
    if (minute % 15 === 0) assert.equal(await setup.store.synced(), true);
  }
  assert.equal(setup.waiting.length, 3);
  setup.kill();
  assert.equal(await setup.store.synced(), true);
  assert.equal(setup.waiting.length, 3);
});

Deno.test("without intervals there is no file", () => {
  using setup = new Setup();
  assert.deepEqual(setup.store.waiting(10, []), []);
  assert.deepEqual([...Deno.readDirSync(setup.folder)], []);
});
