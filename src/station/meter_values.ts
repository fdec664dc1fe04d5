import type { Time } from "../base/time.ts";
import type { MeterFigures } from "../contract/mod.ts";
import { JournalError, type LiveJournal, openStates } from "../journal/mod.ts";
import type { Meter, Reading } from "../meter/mod.ts";
import type { MeterTransactions } from "../transaction/mod.ts";

/** What the values of a meter are made from. */
export interface MeterValuesSource {
  readonly line: string;
  readonly meter: Pick<Meter, "name" | "state" | "faults">;
  readonly transactions: Pick<MeterTransactions, "current">;
  readonly journal: Pick<LiveJournal, "transaction">;
  readonly time: Time;
}

/** Remembers the last values of a meter, for metrics. */
export class MeterValues {
  readonly #source: MeterValuesSource;
  #last: { readonly reading: Reading; readonly atMs: number } | undefined;
  #energies: Pick<MeterFigures, "energyImportWh" | "energyExportWh"> = {};
  /** The journal is read once for each transaction. */
  #begin: { readonly transactionId: string; readonly atMs: number } | undefined;

  constructor(source: MeterValuesSource) {
    this.#source = source;
  }

  /** Not every reading has energies: the last ones stay. */
  note(reading: Reading): void {
    const { energyImportWh = this.#energies.energyImportWh, energyExportWh = this.#energies.energyExportWh } = reading;
    this.#energies = { energyImportWh, energyExportWh };
    this.#last = { reading, atMs: this.#source.time.mono() };
  }

  /** The values of another meter that takes its place are not known. */
  forget(): void {
    this.#last = undefined;
    this.#energies = {};
  }

  get figures(): MeterFigures {
    const { line, meter, transactions, time } = this.#source;
    const last = this.#last;
    const { state, transactionId } = transactions.current;
    const isTransactionOpen = openStates.some((open) => open === state);
    const beganAtMs = isTransactionOpen && transactionId !== undefined ? this.#beganAtMs(transactionId) : undefined;
    return {
      name: meter.name,
      line,
      state: meter.state,
      faults: meter.faults.active.map(({ subType }) => subType),
      powerW: meter.state === "online" ? last?.reading.powerW?.total : undefined,
      ...this.#energies,
      readingAgeMs: last && time.mono() - last.atMs,
      isTransactionOpen,
      transactionAgeMs: beganAtMs === undefined ? undefined : Math.max(0, time.now() - beganAtMs),
    };
  }

  #beganAtMs(transactionId: string): number | undefined {
    if (this.#begin?.transactionId === transactionId) return this.#begin.atMs;
    const { journal, meter } = this.#source;
    try {
      const atMs = journal.transaction(meter.name, transactionId)?.startedAtMs;
      this.#begin = atMs === undefined ? undefined : { transactionId, atMs };
      return atMs;
    } catch (error) {
      // The fault `JournalFailed` reports a journal that cannot be read
      if (!(error instanceof JournalError)) throw error;
      return undefined;
    }
  }
}
