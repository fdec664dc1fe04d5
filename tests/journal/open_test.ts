import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { openJournal, openJournalReader } from "../../src/journal/mod.ts";
import { migrations } from "../../src/journal/schema.ts";
import { someBytes } from "../support/some_bytes.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const now = () => Date.UTC(2026, 0, 31, 8);

Deno.test("openJournal creates the folder and its parents", () => {
  using folder = new TempFolder();
  const path = join(folder.path, "a", "b");
  openJournal(path, { now }).close();
  assert.ok(Deno.statSync(join(path, "journal.db")).isFile);
});

Deno.test("openJournal uses a write-ahead log and syncs every commit", () => {
  using folder = new TempFolder();
  folder.open().storeRecord(newRecord("tx-1"));
  const other = new DatabaseSync(folder.database);
  assert.equal(other.prepare("PRAGMA journal_mode").get()?.["journal_mode"], "wal");
  assert.equal(other.prepare("PRAGMA user_version").get()?.["user_version"], migrations.length);
  other.close();
});

Deno.test("openJournal allows one process at a time in a folder, and the next one after the first has ended", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  assert.throws(() => openJournal(folder.path, { now }), { code: "locked", message: new RegExp(folder.path) });
  journal.close();
  openJournal(folder.path, { now }).close();
});

Deno.test("openJournal can use a folder after the process that used it was killed", async () => {
  using folder = new TempFolder();
  const script = `import { openJournal } from ${
    JSON.stringify(new URL("../../src/journal/mod.ts", import.meta.url).href)
  };
    openJournal(${JSON.stringify(folder.path)}, { now: Date.now });
    await Deno.stdout.write(new TextEncoder().encode("open"));
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdout: "piped",
    stderr: "null",
    cwd: new URL("../../", import.meta.url),
  }).spawn();
  const reader = child.stdout.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "open");
  assert.throws(() => openJournal(folder.path, { now }), { code: "locked" });
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  openJournal(folder.path, { now }).close();
});

Deno.test("openJournal reports a folder that cannot be created", () => {
  using folder = new TempFolder();
  const file = join(folder.path, "file");
  Deno.writeTextFileSync(file, "");
  assert.throws(() => openJournal(join(file, "state"), { now }), { code: "open_failed", message: /state folder/ });
});

Deno.test("openJournal migrates an empty database to the newest schema and does not change a newer one", () => {
  using folder = new TempFolder();
  new DatabaseSync(folder.database).close();
  folder.open().storeRecord(newRecord("tx-1"));
  folder.journal.close();
  const db = new DatabaseSync(folder.database);
  db.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  db.close();
  assert.throws(() => openJournal(folder.path, { now }), {
    code: "newer_schema",
    message: new RegExp(`version ${migrations.length + 1}`),
  });
  assert.throws(() => openJournal(folder.path, { now }), { code: "newer_schema" });
});

Deno.test("openJournal renames a file that is not a database and creates a new one", () => {
  using folder = new TempFolder();
  const garbage = someBytes(8192);
  Deno.writeFileSync(folder.database, garbage);
  const journal = folder.open();
  assert.equal(journal.damaged?.savedRecords, 0);
  assert.match(journal.damaged?.movedTo ?? "", /journal\.db\.damaged-2026-01-31T080000/);
  assert.deepEqual(Deno.readFileSync(journal.damaged?.movedTo ?? ""), garbage);
  assert.equal(journal.storeRecord(newRecord("tx-1")).created, true);
  assert.equal(folder.reopen().damaged, undefined);
  assert.equal(folder.journal.records().length, 1);
});

Deno.test("openJournal copies the readable data of a damaged journal", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (let n = 0; n < 60; n++) {
    journal.change({ ...openChange(`tx-${n}`), state: "running" });
    journal.storeRecord(newRecord(`tx-${n}`, someBytes(1500, n)));
  }
  const before = journal.records();
  journal.close();
  const bytes = Deno.readFileSync(folder.database);
  bytes.fill(0xa5, Math.floor(bytes.length / 8192) * 4096, Math.floor(bytes.length / 8192) * 4096 + 4096);
  Deno.writeFileSync(folder.database, bytes);
  const mended = folder.open();
  assert.ok(mended.damaged !== undefined);
  const after = mended.records();
  assert.equal(mended.damaged.savedRecords, after.length);
  assert.ok(after.length > 30 && after.length <= 60, `${after.length} of 60 saved`);
  const known = new Map(before.map((record) => [record.messageId, record]));
  for (const record of after) assert.deepEqual(record, known.get(record.messageId));
});

Deno.test("openJournalReader reads while another process writes", () => {
  using folder = new TempFolder();
  assert.throws(() => openJournalReader(folder.path), { code: "not_found" });
  folder.open().storeRecord(newRecord("tx-1"));
  const reader = openJournalReader(folder.path);
  assert.deepEqual(reader.records().map(({ transactionId }) => transactionId), ["tx-1"]);
  folder.journal.storeRecord(newRecord("tx-2"));
  assert.equal(reader.undelivered(), 2);
  reader.close();
});

Deno.test({
  name: "openJournal reports a folder that this user may not write",
  permissions: { read: true, write: false },
  fn() {
    assert.throws(() => openJournal("/var/lib/nowhere/state", { now }), {
      code: "permission_denied",
      message: /\/var\/lib\/nowhere\/state: permission denied; make it readable and writable/,
    });
  },
});
