import assert from "node:assert/strict";
import { openJournal } from "../../src/journal/mod.ts";
import { smallDiskTest } from "../support/small_disk.ts";
import { someBytes } from "../support/some_bytes.ts";
import { newRecord, openChange } from "./temp_folder.ts";

smallDiskTest("Journal stores nothing partially on a full disk and continues after space is freed", 512, (disk) => {
  const journal = openJournal(disk.path, { now: () => 0 });
  const bytes = someBytes(4062);
  journal.change({ ...openChange("tx-1"), state: "running" });
  disk.fill();
  assert.throws(() => journal.probe(), { code: "write_failed" });
  assert.throws(() => journal.storeRecord(newRecord("tx-1", bytes)), { code: "write_failed", message: /free space/ });
  assert.match(String(journal.failure?.cause), /full/);
  assert.throws(() => journal.change({ ...openChange("tx-2"), state: "starting" }), { code: "write_failed" });
  assert.deepEqual(journal.records(), []);
  assert.deepEqual(journal.transactions().map(({ state }) => state), ["running"]);
  disk.free();
  journal.probe();
  assert.equal(journal.failure, undefined);
  journal.storeRecord(newRecord("tx-1", bytes));
  assert.deepEqual(journal.records().map(({ ocmf }) => ocmf), [bytes]);
  journal.close();
});
