import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sizeOf } from "../../src/base/files.ts";
import { minuteMs } from "../../src/base/time.ts";
import { short } from "./samples.ts";
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

Deno.test("a long log is moved into the database while intervals are made, and its place is free again", async () => {
  using setup = new Setup();
  const recorder = setup.recorder(5);
  const path = join(setup.folder, "intervals.db");
  let maxLogBytes = 0;
  let wasRemoved = false;
  for (let minute = 1; minute <= 400; minute++) {
    await setup.readEachMinute(recorder, minute);
    if (minute % 50 === 0) assert.equal(await setup.store.synced(), true);
    const bytes = sizeOf(`${path}-wal`);
    if (bytes === undefined) wasRemoved = true;
    maxLogBytes = Math.max(maxLogBytes, bytes ?? 0);
  }
  assert.ok(wasRemoved && maxLogBytes > 300_000 && maxLogBytes <= 2_100_000, String(maxLogBytes));
  setup.kill();
  assert.deepEqual(
    setup.store.waiting(100, []).map(({ interval }) => short(interval)),
    Array.from({ length: 79 }, (_, index) => `${5 * index}-${5 * index + 5}: 50 measured`),
  );
});
