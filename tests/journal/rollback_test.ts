import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { NewRecord, StoredRecord, StreamPlace } from "../../src/journal/types.ts";
import type { StoredTransaction, StoredVerdict, TransactionChange } from "../../src/journal/mod.ts";
import type { SpooledReading, WaitingReading } from "../../src/spool/mod.ts";
import { reading, Setup } from "../spool/setup.ts";
import { hasPreviousRelease, writePreviousRelease } from "../support/previous_release.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

/** What the tests use of the journal of the previous release. Its names are those of that release. */
interface PreviousJournal {
  readonly damaged: unknown;
  outbox(limit: number): StoredRecord[];
  openTransactions(meter: string): StoredTransaction[];
  transaction(meter: string, transactionId: string): StoredTransaction | undefined;
  memory(meterId: string): unknown;
  place(meter: string): unknown;
  unreadable(): unknown[];
  unjudged(meter: string): Iterable<StoredRecord>;
  judge(seq: number, verdict: StoredVerdict, learned: { pagination?: number; key?: string }): void;
  change(change: TransactionChange): unknown;
  storeRecord(record: NewRecord): { record: StoredRecord; created: boolean };
  markDelivered(seq: number, atMs: number, place?: StreamPlace): void;
  redeliveries(limit: number): StoredRecord[];
  close(): void;
}

interface PreviousSpool {
  add(readings: readonly SpooledReading[]): void;
  oldest(limit: number): WaitingReading[];
  remove(readings: readonly WaitingReading[]): boolean;
  close(): void;
}

const verdict: StoredVerdict = { signature: "valid", session: "ok", key: "first_seen", problems: [] };
const nowMs = Date.UTC(2026, 0, 31, 8);
const idsOf = (records: Iterable<{ readonly transactionId: string | undefined }>) =>
  [...records].map(({ transactionId }) => transactionId);

/** The sources of the previous release in a temporary folder. */
class PreviousRelease {
  readonly #folder = Deno.makeTempDirSync({ prefix: "wattseal-previous-" });

  constructor() {
    writePreviousRelease(this.#folder);
  }

  async journal(stateDir: string): Promise<PreviousJournal & Disposable> {
    const { openJournal } = await this.#load("journal");
    const journal: PreviousJournal = openJournal(stateDir, { now: () => nowMs });
    return Object.assign(journal, { [Symbol.dispose]: () => journal.close() });
  }

  async spool({ folder, time, log }: Setup): Promise<PreviousSpool & Disposable> {
    const { openSpool } = await this.#load("spool");
    const spool: PreviousSpool = openSpool({ mode: "disk", maxAgeHours: 72, maxMb: 256, folder }, { time, log });
    return Object.assign(spool, { [Symbol.dispose]: () => spool.close() });
  }

  async #load(room: string) {
    return await import(pathToFileURL(join(this.#folder, "src", room, "mod.ts")).href);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** Writes a journal with every kind of unfinished work. */
function writeUnfinished(folder: TempFolder): void {
  const journal = folder.open();
  journal.storePlace("evse-1", "BY1.2025", 1);
  journal.noteStream({ stream: "WATTSEAL", createdAt: "2026-01-31T08:00:00Z", lastSeq: 7 });
  for (const id of ["delivered", "again", "waiting", "unverified"]) {
    journal.change({ ...openChange(id), state: "running", request: "{}", startedAtMs: 10 });
    const { record } = journal.storeRecord(newRecord(id));
    if (id !== "unverified") journal.storeVerdict(record.seq, verdict, { pagination: record.seq, key: "04AA" });
    if (id === "delivered" || id === "again") {
      journal.markDelivered(record.seq, 30, { stream: "WATTSEAL", streamSeq: record.seq });
      if (id === "again") journal.redeliver({ messageIds: [record.messageId] });
    }
  }
  journal.change({ ...openChange("runs"), state: "running", request: '{"tariff_text":"x"}', startedAtMs: 10 });
}

/** Does the same work with the journal as the service of the previous release in a rollback. */
function workAsPrevious(journal: PreviousJournal): void {
  assert.equal(journal.damaged, undefined);
  assert.deepEqual(journal.unreadable(), []);
  assert.deepEqual(idsOf(journal.openTransactions("evse-1")), ["runs"]);
  assert.equal(journal.transaction("evse-1", "runs")?.request, '{"tariff_text":"x"}');
  assert.deepEqual(journal.memory("BY1.2025"), { firstKey: "04AA", lastPagination: 3 });
  assert.deepEqual(journal.place("evse-1"), { meterId: "BY1.2025", replaced: undefined });
  assert.deepEqual(idsOf(journal.unjudged("evse-1")), ["unverified"]);
  const waiting = journal.outbox(9);
  assert.deepEqual(idsOf(waiting), ["waiting", "unverified"]);
  assert.deepEqual(waiting.map(({ ocmf }) => ocmf), [newRecord("waiting").ocmf, newRecord("unverified").ocmf]);
  assert.deepEqual(idsOf(journal.redeliveries(9)), ["again"]);
  journal.change({ ...openChange("runs"), state: "stopping" });
  const { record, created } = journal.storeRecord(newRecord("runs"));
  assert.equal(created, true);
  journal.judge(record.seq, verdict, { pagination: 5, key: "04AA" });
  journal.markDelivered(waiting[0]?.seq ?? 0, 50, { stream: "WATTSEAL", streamSeq: 8 });
}

for (const ended of ["ended", "was killed"]) {
  Deno.test({
    name: `the previous release continues a transaction after this release ${ended}, and this one continues after it`,
    ignore: !hasPreviousRelease(),
    async fn() {
      using release = new PreviousRelease();
      using written = new TempFolder();
      writeUnfinished(written);
      if (ended === "ended") written.journal.close();
      // After a kill, the log of the database remains
      using folder = new TempFolder();
      for (const { name } of Deno.readDirSync(written.path)) {
        if (name.startsWith("journal") && !name.endsWith("-shm")) {
          Deno.copyFileSync(join(written.path, name), join(folder.path, name));
        }
      }
      {
        using previous = await release.journal(folder.path);
        workAsPrevious(previous);
      }
      const journal = folder.open();
      assert.equal(journal.damaged, undefined);
      assert.deepEqual(journal.unreadable(), []);
      assert.deepEqual(journal.openTransactions("evse-1"), []);
      assert.equal(journal.transaction("evse-1", "runs")?.state, "finished");
      const all = journal.records();
      assert.deepEqual(idsOf(all).toSorted(), ["again", "delivered", "runs", "unverified", "waiting"]);
      for (const { transactionId = "", ocmf } of all) assert.deepEqual(ocmf, newRecord(transactionId).ocmf);
      assert.deepEqual(idsOf(journal.outbox(9)), ["unverified", "runs"]);
      assert.deepEqual(idsOf(journal.redeliveries(9)), ["again"]);
    },
  });
}

for (const ended of ["ended", "was killed"]) {
  Deno.test({
    name: `the previous release publishes the readings in the spool after this one ${ended}, and this one after it`,
    ignore: !hasPreviousRelease(),
    async fn() {
      using release = new PreviousRelease();
      using written = new Setup();
      using setup = new Setup();
      {
        using spool = written.open();
        spool.add([reading(1), reading(2)]);
        assert.equal(spool.oldest(9).length, 2);
        if (ended === "ended") spool.close();
        copySpool(written, setup);
      }
      using killed = new Setup();
      {
        using previous = await release.spool(setup);
        const waiting = previous.oldest(9);
        assert.deepEqual(waiting.map(({ payload }) => payload), [reading(1).payload, reading(2).payload]);
        previous.remove(waiting.slice(0, 1));
        previous.add([reading(3)]);
        assert.equal(previous.oldest(9).length, 2);
        if (ended === "ended") previous.close();
        copySpool(setup, killed);
      }
      using spool = killed.open();
      assert.deepEqual(spool.oldest(9).map(({ messageId }) => messageId), ["BY1:2", "BY1:3"]);
      for (const { log } of [written, setup, killed]) assert.equal(log.count(/^(warn|error)/), 0);
    },
  });
}

/** Copies what the next process finds; after a kill, the log of the database remains. */
function copySpool(from: Setup, to: Setup): void {
  for (const { name } of Deno.readDirSync(from.folder)) {
    if (!name.endsWith("-shm")) Deno.copyFileSync(join(from.folder, name), join(to.folder, name));
  }
}
