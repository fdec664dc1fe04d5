import type { DamagedJournal } from "./rebuild.ts";
import type { JournalError } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { callWrite, type JournalWrite, type JournalWrites, LiveJournal } from "./live_journal.ts";
import { openForReading } from "./open_journal.ts";

/** A journal that writes on the calling thread: for a command, which serves no lines. */
export class LocalJournal extends LiveJournal {
  readonly #journal: Journal;

  /**
   * @param journal is closed when this object is closed
   * @throws {JournalError} see `openJournalReader`
   */
  constructor(journal: Journal) {
    super(openForReading(journal.path), journal.path);
    this.#journal = journal;
  }

  override get damaged(): DamagedJournal | undefined {
    return this.#journal.damaged;
  }

  override get invalidLog(): string | undefined {
    return this.#journal.invalidLog;
  }

  override get failure(): JournalError | undefined {
    return this.#journal.failure;
  }

  override close(): void {
    super.close();
    this.#journal.close(this.damage === undefined);
  }

  override end(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  protected override execute<W extends JournalWrite>(
    name: W,
    args: Parameters<JournalWrites[W]>,
  ): Promise<ReturnType<JournalWrites[W]>> {
    return new Promise((resolve) => {
      try {
        resolve(callWrite(this.#journal, name, args));
      } finally {
        this.adoptState(this.#journal.state);
      }
    });
  }
}
