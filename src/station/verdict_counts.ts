import { JournalError, type LiveJournal, type StoredVerdict } from "../journal/mod.ts";

/** Records whose verdict is not stored yet; a record has it shortly after it was stored. */
const maxPending = 1_000;

/** Counts records by their verdict. */
export class VerdictCounts {
  readonly #journal: Pick<LiveJournal, "record">;
  readonly #counts = new Map<string, number>();
  #pending: number[] = [];

  constructor(journal: Pick<LiveJournal, "record">) {
    this.#journal = journal;
  }

  /** Counts a record as soon as it has a verdict. */
  add(seq: number): void {
    this.#countPending();
    this.#pending = [...this.#pending.slice(1 - maxPending), seq];
  }

  /** The numbers of records by verdict. */
  get counts(): ReadonlyMap<string, number> {
    this.#countPending();
    return this.#counts;
  }

  #countPending(): void {
    try {
      this.#pending = this.#pending.filter((seq) => {
        const verdict = this.#journal.record(seq)?.verdict;
        if (verdict === undefined) return true;
        const name = nameOf(verdict);
        this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
        return false;
      });
    } catch (error) {
      // They are counted when the journal can be read again
      if (!(error instanceof JournalError)) throw error;
    }
  }
}

/** One word for a verdict: that of the signature, unless only the session is violated. */
function nameOf({ signature, session }: StoredVerdict): string {
  return signature === "valid" && session === "violated" ? "violated" : signature;
}
