import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { silentLog } from "../../src/base/log.ts";
import { NodeHealth, type NodeHealthOptions, type NodeLimits } from "../../src/health/mod.ts";
import { newRecord, TempFolder } from "../journal/temp_folder.ts";
import { FakeTime } from "../support/fake_time.ts";
import { smallDiskTest } from "../support/small_disk.ts";
import { LocalJournal, openJournal } from "../../src/journal/mod.ts";
import { someBytes } from "../support/some_bytes.ts";

const minuteMs = 60_000;

const usual: NodeLimits = { undeliveredMs: 15 * minuteMs, minFreeBytes: 0, requireSync: false };

function healthOf(
  folder: TempFolder,
  time: FakeTime,
  options: Partial<NodeHealthOptions & NodeLimits> = {},
): NodeHealth {
  return new NodeHealth({
    stateDir: folder.path,
    journal: folder.live,
    limits: () => ({ ...usual, ...options }),
    clockSynchronised: () => true,
    time,
    log: silentLog,
    ...options,
  });
}

const raised = ({ faults }: NodeHealth) => faults.map(({ subType }) => subType);

Deno.test("NodeHealth raises no fault on a healthy node", async () => {
  using folder = new TempFolder();
  const health = healthOf(folder, new FakeTime(), { minFreeBytes: 1 });
  await health.check();
  assert.deepEqual(health.faults, []);
});

Deno.test("NodeHealth raises a fault for a record that waits too long, and clears it when it is delivered", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  const health = healthOf(folder, time);
  const watching = health.watch();
  const { record } = folder.journal.storeRecord({ ...newRecord("tx-1"), readAtMs: time.now() });
  await time.advance(15 * minuteMs - 1);
  assert.deepEqual(raised(health), []);
  await time.advance(20_000);
  assert.deepEqual(raised(health), ["RecordsUndelivered"]);
  assert.match(health.faults[0]?.message ?? "", /since 2026-01-31T08:00:00.000Z/);
  folder.journal.markDelivered(record.seq, time.now());
  await time.advance(10_000);
  assert.deepEqual(raised(health), []);
  health.close();
  await watching;
  const told: [string, boolean][] = [];
  for await (const { subType, active } of health.events) told.push([subType, active]);
  assert.deepEqual(told, [["RecordsUndelivered", true], ["RecordsUndelivered", false]]);
});

Deno.test("NodeHealth follows limits that change: also for a record that waits already", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  let limits: NodeLimits = { ...usual, minFreeBytes: 10 };
  const surroundings = { clockSynchronised: () => false, freeSpace: () => 100 };
  const health = healthOf(folder, time, { limits: () => limits, ...surroundings });
  folder.journal.storeRecord({ ...newRecord("tx-1"), readAtMs: time.now() });
  await health.check();
  await time.advance(2 * minuteMs);
  await health.check();
  assert.deepEqual(raised(health), []);
  limits = { undeliveredMs: minuteMs, minFreeBytes: 200, requireSync: true };
  await health.check();
  assert.deepEqual(raised(health), ["RecordsUndelivered", "DiskSpaceLow", "ClockNotSynchronised"]);
  limits = { ...usual, minFreeBytes: 10 };
  await health.check();
  assert.deepEqual(raised(health), []);
});

Deno.test("NodeHealth includes the waiting time of a record from an earlier run in its first check", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  folder.journal.storeRecord({ ...newRecord("tx-1"), readAtMs: time.now() - 15 * minuteMs });
  const health = healthOf(folder, time);
  await health.check();
  assert.deepEqual(raised(health), ["RecordsUndelivered"]);
});

Deno.test("NodeHealth does not add a forward change of the clock to the age of a record", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  folder.journal.storeRecord({ ...newRecord("tx-1"), readAtMs: time.now() });
  const health = healthOf(folder, time);
  await health.check();
  time.setWall(time.now() + 86_400_000);
  await health.check();
  assert.deepEqual(raised(health), []);
  time.setWall(time.now() - 2 * 86_400_000);
  await time.advance(15 * minuteMs);
  await health.check();
  assert.deepEqual(raised(health), ["RecordsUndelivered"]);
});

Deno.test("NodeHealth raises a fault while the disk is too full, and does not toggle at the threshold", async () => {
  using folder = new TempFolder();
  let free: number | undefined = 100;
  const health = healthOf(folder, new FakeTime(), { minFreeBytes: 100, freeSpace: () => free });
  const seen: number[] = [];
  for (const bytes of [100, 99, 100, 109, undefined, 110, 100]) {
    free = bytes;
    await health.check();
    seen.push(raised(health).length);
  }
  assert.deepEqual(seen, [0, 1, 1, 1, 1, 0, 0]);
});

Deno.test("NodeHealth raises a fault for a damaged journal until its file is removed, across restarts", async () => {
  using folder = new TempFolder();
  Deno.writeFileSync(folder.database, someBytes(8192));
  const aside = folder.open().damaged?.movedTo ?? "";
  folder.reopen();
  const health = healthOf(folder, new FakeTime());
  await health.check();
  assert.deepEqual(raised(health), ["JournalDamaged"]);
  assert.ok(health.faults[0]?.message.includes(aside));
  Deno.removeSync(aside);
  await health.check();
  assert.deepEqual(raised(health), []);
});

Deno.test("NodeHealth raises a fault for an unsynchronised clock only if the kernel reports it and the configuration requires it", async () => {
  using folder = new TempFolder();
  const cases = [[true, false, 1], [true, undefined, 0], [true, true, 0], [false, false, 0]] as const;
  for (const [requireSync, synchronised, faults] of cases) {
    const health = healthOf(folder, new FakeTime(), { requireSync, clockSynchronised: () => synchronised });
    await health.check();
    assert.deepEqual(raised(health), ["ClockNotSynchronised"].slice(0, faults));
  }
});

Deno.test("NodeHealth raises a fault for a clock with an impossible time, independent of the configuration", async () => {
  using folder = new TempFolder();
  const time = new FakeTime(Date.UTC(1970, 0, 1, 0, 1));
  const health = healthOf(folder, time);
  for (const [wall, words] of [["1970-01-01", "1970"], ["2025-12-31", "2025"], ["2046-01-02", "2046"]]) {
    time.setWall(Date.parse(`${wall}T00:00:00Z`));
    await health.check();
    assert.deepEqual(raised(health), ["ClockNotSynchronised"], String(wall));
    assert.ok(health.faults[0]?.message.includes(`shows the year ${words}`), String(health.faults[0]?.message));
  }
  time.setWall(Date.UTC(2026, 0, 1));
  await health.check();
  assert.deepEqual(raised(health), []);
});

Deno.test("NodeHealth detects that an idle journal cannot be written, and that it can be written again", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  const health = healthOf(folder, time);
  const watching = health.watch();
  await setImmediate();
  const db = new DatabaseSync(folder.database);
  db.exec("CREATE TRIGGER worn BEFORE INSERT ON probes BEGIN SELECT RAISE(FAIL, 'the card is worn'); END");
  await time.advance(5 * minuteMs);
  assert.deepEqual(raised(health), ["JournalFailed"]);
  assert.match(health.faults[0]?.message ?? "", /cannot be written: the card is worn/);
  db.exec("DROP TRIGGER worn");
  db.close();
  await time.advance(10_000);
  assert.deepEqual(raised(health), []);
  health.close();
  await watching;
});

Deno.test("NodeHealth raises a fault for a journal that cannot be read", async () => {
  using folder = new TempFolder();
  const health = healthOf(folder, new FakeTime());
  folder.live.close();
  await health.check();
  assert.match(health.faults[0]?.message ?? "", /journal\.db cannot be read/);
});

smallDiskTest("NodeHealth raises a fault for a full disk, and clears it after space is freed", 512, async (disk) => {
  using folder = new TempFolder();
  const time = new FakeTime();
  const journal = new LocalJournal(openJournal(disk.path, { now: () => 0 }));
  const health = healthOf(folder, time, { stateDir: disk.path, journal, minFreeBytes: 50_000 });
  await health.check();
  assert.deepEqual(raised(health), []);
  disk.fill();
  await health.check();
  assert.deepEqual(raised(health), ["DiskSpaceLow"]);
  await assert.rejects(journal.storeRecord(newRecord("tx-1")));
  await health.check();
  assert.deepEqual(raised(health).sort(), ["DiskSpaceLow", "JournalFailed"]);
  const [failed] = health.faults.filter(({ subType }) => subType === "JournalFailed");
  assert.match(failed?.message ?? "", /journal\.db cannot be written: .*full/);
  await time.advance(1000);
  disk.free();
  await health.check();
  assert.deepEqual(raised(health), []);
  journal.close();
});

Deno.test("NodeHealth raises a fault for a damaged column, and clears it after the column is written again", async () => {
  using folder = new TempFolder();
  const { journal } = folder;
  const time = new FakeTime();
  const verdict = { signature: "valid", session: "ok", key: "pinned", problems: [] };
  journal.storeRecord({ ...newRecord("tx-1"), readAtMs: time.now() });
  journal.storeVerdict(1, verdict, {});
  folder.sql((db) => db.exec("UPDATE records SET verdict = '[' || substr(verdict, 2)"));
  const health = healthOf(folder, time);
  await health.check();
  await health.check();
  assert.deepEqual(raised(health), ["JournalDamaged"]);
  assert.match(
    health.faults[0]?.message ?? "",
    /journal\.db has damaged values: verdict of record 1; each is omitted or/,
  );
  journal.storeVerdict(1, verdict, {});
  await health.check();
  assert.deepEqual(raised(health), []);
});

Deno.test("NodeHealth raises a fault when the journal is removed in use, and clears it after the journal is written again", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  const health = healthOf(folder, time);
  await health.check();
  for (const suffix of ["", "-wal", "-shm"]) Deno.removeSync(folder.database + suffix);
  for (let look = 1; look <= 2; look++) await health.check();
  assert.deepEqual(raised(health), ["JournalFailed"]);
  assert.match(health.faults[0]?.message ?? "", /was removed while it was in use; it was written again/);
  assert.ok(Deno.statSync(folder.database).isFile);
  await time.advance(10_000);
  await health.check();
  assert.deepEqual(raised(health), []);
});

Deno.test("NodeHealth raises a fault while another file is in the place of the journal", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  const health = healthOf(folder, time);
  await health.check();
  Deno.renameSync(folder.database, `${folder.database}.away`);
  Deno.writeTextFileSync(folder.database, "another");
  for (let look = 1; look <= 2; look++) await health.check();
  assert.deepEqual(raised(health), ["JournalFailed"]);
  assert.match(
    health.faults[0]?.message ?? "",
    /another file has replaced it; a copy of the journal is .*replaced/,
  );
  Deno.renameSync(`${folder.database}.away`, folder.database);
  await health.check();
  await time.advance(10_000);
  await health.check();
  assert.deepEqual(raised(health), []);
});

Deno.test("NodeHealth raises only JournalDamaged when the journal is damaged in use", async () => {
  using folder = new TempFolder();
  const health = healthOf(folder, new FakeTime());
  await folder.live.storeRecord(newRecord("tx-1"));
  folder.sql((db) => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  using file = Deno.openSync(folder.database, { write: true });
  file.seekSync(4096, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(file.statSync().size - 4096).fill(0xaa));
  folder.sql((db) => db.exec("PRAGMA user_version = 3"));
  for (let look = 1; look <= 2; look++) await health.check();
  assert.deepEqual(raised(health), ["JournalDamaged"]);
  assert.match(
    health.faults[0]?.message ?? "",
    /is damaged \(.*\): starts are refused and .* restart the service/,
  );
});
