import type { DamagedJournal } from "./rebuild.ts";
import { DeliveryReader } from "./delivery_reader.ts";
import { JournalError } from "./errors.ts";
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

/** The methods of a journal that write. */
export type JournalWrites = Pick<
  Journal,
  | "check"
  | "probe"
  | "change"
  | "setStartValue"
  | "storeRecord"
  | "judge"
  | "occupy"
  | "acknowledgeExchange"
  | "pinKey"
  | "markDelivered"
  | "redeliver"
  | "noteStream"
  | "prune"
  | "redate"
  | "mention"
>;

/** Name of a method that writes. */
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
 * The journal of a running service. Reads are answered at once; a write may wait for a slow disk and is awaited, so
 * that lines and requests go on meanwhile. Writes are carried out in the order in which they were asked for. What a
 * write did is on the disk, and seen by reads, when its promise resolves; when it rejects (`JournalError`,
 * `write_failed`) nothing of it is. `Journal` describes each.
 */
export abstract class LiveJournal extends DeliveryReader {
  /** Set when the journal that was found could not be trusted. */
  abstract get damaged(): DamagedJournal | undefined;

  /** Where a write-ahead log with an invalid header is kept that was found. */
  abstract get invalidLog(): string | undefined;

  /** Is called when the file of the journal had been removed and was written again. */
  onReopened: () => void = () => {};
  #reopened = 0;
  #writerDamage: string | undefined;

  /** The damage that SQLite reported; while there is any, nothing is written. */
  override get damage(): string | undefined {
    return super.damage ?? this.#writerDamage;
  }

  /** How often the file of the journal had been removed and was written again. */
  get reopened(): number {
    return this.#reopened;
  }

  /** Why the last write failed; undefined when it did not. */
  abstract get failure(): JournalError | undefined;

  /** Ends the writes that were asked for, and lets the next process into the folder. */
  abstract end(): Promise<void>;

  /** Takes over the state of the writing side. */
  protected follow({ reopened, damage }: WriterState): void {
    this.#writerDamage = damage;
    if (reopened === this.#reopened || !this.db.isOpen) return;
    try {
      const db = openForReading(this.path);
      this.db.close();
      this.useDatabase(db);
      this.#reopened = reopened;
    } catch {
      // The old files can still be read; the next write fails again if they are not in place
      return;
    }
    this.onReopened();
  }

  protected abstract carryOut<W extends JournalWrite>(
    name: W,
    args: Parameters<JournalWrites[W]>,
  ): Promise<ReturnType<JournalWrites[W]>>;

  protected write<W extends JournalWrite>(
    name: W,
    args: Parameters<JournalWrites[W]>,
  ): Promise<ReturnType<JournalWrites[W]>> {
    const { damage } = this;
    if (damage === undefined) return this.carryOut(name, args);
    const message =
      `Cannot write the journal ${this.path}; it is damaged: restart the service, which carries over what ` +
      "is readable";
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

  judge(
    seq: number,
    verdict: StoredVerdict,
    taught: { readonly pagination?: number | undefined; readonly key?: string | undefined },
  ): Promise<void> {
    return this.write("judge", [seq, verdict, taught]);
  }

  occupy(meter: string, meterId: string, atMs: number): Promise<void> {
    return this.write("occupy", [meter, meterId, atMs]);
  }

  acknowledgeExchange(meter: string): Promise<void> {
    return this.write("acknowledgeExchange", [meter]);
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

  prune(beforeMs: number, most?: number): Promise<number> {
    return this.write("prune", [beforeMs, most]);
  }

  redate(atMs: number): Promise<number> {
    return this.write("redate", [atMs]);
  }

  mention(what: string, atMs: number): Promise<boolean> {
    return this.write("mention", [what, atMs]);
  }
}
