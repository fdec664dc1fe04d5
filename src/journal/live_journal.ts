import type { DamagedJournal } from "./rebuild.ts";
import { DeliveryReader } from "./delivery_reader.ts";
import { damagedRemedy, JournalError } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { openForReading } from "./open_journal.ts";
import type {
  KnownStream,
  NewRecord,
  RedeliverySelection,
  StartValue,
  StoredRecord,
  StoredTransaction,
  StoredVerdict,
  StreamPlace,
  TransactionChange,
} from "./types.ts";
import type { WriterState } from "./writer.ts";

/** The methods of a journal that change it. */
export type JournalWrites = Pick<
  Journal,
  | "check"
  | "probe"
  | "change"
  | "setStartValue"
  | "storeRecord"
  | "storeVerdict"
  | "storePlace"
  | "acknowledgeReplacement"
  | "pinKey"
  | "markDelivered"
  | "redeliver"
  | "noteStream"
  | "prune"
  | "redate"
  | "recordNotice"
>;

/** Name of a method that changes a journal. */
export type JournalWrite = keyof JournalWrites;

type WriteFunctions = {
  readonly [W in JournalWrite]: (...args: Parameters<JournalWrites[W]>) => ReturnType<JournalWrites[W]>;
};

/** Carries out the write `name` of a journal. */
export function callWrite<W extends JournalWrite>(
  journal: JournalWrites,
  name: W,
  args: Parameters<JournalWrites[W]>,
): ReturnType<JournalWrites[W]> {
  const writes: WriteFunctions = journal;
  const write: WriteFunctions[W] = writes[name];
  return write.apply(journal, args);
}

/**
 * The journal of a running service. Reads return at once. Writes are asynchronous, because a slow disk must not delay
 * lines and requests. Writes are carried out in the order of the calls. When the promise of a write resolves, its
 * changes are on the disk and visible to reads. When it rejects (`JournalError`, `write_failed`), the write has changed
 * nothing. `Journal` describes each method.
 */
export abstract class LiveJournal extends DeliveryReader {
  /** Set if the journal was damaged and was replaced. */
  abstract get damaged(): DamagedJournal | undefined;

  /** New path of a write-ahead log that was found with an invalid header. */
  abstract get invalidLog(): string | undefined;

  /** Called after the file of the journal was removed and was written again. */
  onReopened: () => void = () => {};
  #reopened = 0;
  #writerDamage: string | undefined;

  /** The damage that SQLite reported; nothing is written to a damaged journal. */
  override get damage(): string | undefined {
    return super.damage ?? this.#writerDamage;
  }

  /** How often the file of the journal was removed and was written again. */
  get reopened(): number {
    return this.#reopened;
  }

  /** Why the last write failed; undefined: it succeeded. */
  abstract get failure(): JournalError | undefined;

  /** Completes the pending writes, closes the journal and releases the folder. */
  abstract end(): Promise<void>;

  /** Adopts the state of the connection that writes. */
  protected adoptState({ reopened, damage }: WriterState): void {
    this.#writerDamage = damage;
    if (reopened === this.#reopened || !this.db.isOpen) return;
    try {
      const db = openForReading(this.path);
      this.db.close();
      this.useDatabase(db);
      this.#reopened = reopened;
    } catch {
      // The old files can still be read; the next write fails again if the files are not in place
      return;
    }
    this.onReopened();
  }

  protected abstract execute<W extends JournalWrite>(
    name: W,
    args: Parameters<JournalWrites[W]>,
  ): Promise<ReturnType<JournalWrites[W]>>;

  protected write<W extends JournalWrite>(
    name: W,
    args: Parameters<JournalWrites[W]>,
  ): Promise<ReturnType<JournalWrites[W]>> {
    const { damage } = this;
    if (damage === undefined) return this.execute(name, args);
    const message = `Cannot write the journal ${this.path}; it is damaged: ${damagedRemedy}`;
    return Promise.reject(new JournalError("write_failed", message, { cause: new Error(damage) }));
  }

  check(): Promise<void> {
    return this.write("check", []);
  }

  probe(): Promise<void> {
    return this.write("probe", []);
  }

  change(change: TransactionChange): Promise<StoredTransaction> {
    return this.write("change", [change]);
  }

  setStartValue(meter: string, transactionId: string, value: StartValue): Promise<void> {
    return this.write("setStartValue", [meter, transactionId, value]);
  }

  storeRecord(record: NewRecord): Promise<{ record: StoredRecord; created: boolean }> {
    return this.write("storeRecord", [record]);
  }

  storeVerdict(
    seq: number,
    verdict: StoredVerdict,
    learned: { readonly pagination?: number | undefined; readonly key?: string | undefined },
  ): Promise<void> {
    return this.write("storeVerdict", [seq, verdict, learned]);
  }

  storePlace(meter: string, meterId: string, atMs: number): Promise<void> {
    return this.write("storePlace", [meter, meterId, atMs]);
  }

  acknowledgeReplacement(meter: string): Promise<void> {
    return this.write("acknowledgeReplacement", [meter]);
  }

  pinKey(meterId: string, key: string): Promise<void> {
    return this.write("pinKey", [meterId, key]);
  }

  markDelivered(seq: number, atMs: number, place?: StreamPlace): Promise<void> {
    return this.write("markDelivered", [seq, atMs, place]);
  }

  redeliver(selection: RedeliverySelection): Promise<number> {
    return this.write("redeliver", [selection]);
  }

  noteStream(stream: KnownStream): Promise<void> {
    return this.write("noteStream", [stream]);
  }

  prune(beforeMs: number, limit?: number): Promise<number> {
    return this.write("prune", [beforeMs, limit]);
  }

  redate(atMs: number): Promise<number> {
    return this.write("redate", [atMs]);
  }

  recordNotice(what: string, atMs: number): Promise<boolean> {
    return this.write("recordNotice", [what, atMs]);
  }
}
