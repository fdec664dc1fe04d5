import { readAnswer, type RequestFrame } from "../../src/modbus/mod.ts";
import { registers } from "../../src/meter/mod.ts";
import { SimulatedMeter, type SimulatedMeterOptions, type SimulatorDeps } from "../../src/simulator/mod.ts";

/** Words of a torn file that are as they should be. */
const wholeWords = 100;

/** A simulated meter that remembers what it sealed, and looks whether it may erase it. */
export class WatchedMeter extends SimulatedMeter {
  /** Every record that it made, in order. */
  readonly sealed: string[] = [];
  /** Numbers (PG) of the records that it was told to erase before they were stored. */
  readonly lost: string[] = [];
  /** How often a transaction has begun. */
  begun = 0;
  /** How often it lost its supply. */
  powerCuts = 0;
  /** How many answers with a part of the OCMF file were torn. */
  tornReads = 0;
  /** Whether a record lies where a crash cannot take it. */
  isStored: (record: string) => boolean = () => true;

  #tornUntilMs = -Infinity;

  constructor(options: SimulatedMeterOptions, deps: SimulatorDeps = {}) {
    super(options, deps);
  }

  override respond(request: RequestFrame): Uint8Array | undefined {
    const { command, ocmfState } = registers.transaction;
    const writes = request.unit === this.unit && request.data.length > 0;
    const before = this.ocmfState;
    if (writes && request.address === ocmfState.at && before === "READY") this.#checkStored();
    const answer = super.respond(request);
    if (writes && request.address === command.at && before === "NOT_READY" && this.ocmfState !== before) this.begun++;
    this.#remember();
    return answer === undefined ? undefined : this.#torn(request, answer);
  }

  /** Has each read of the OCMF file give NULs behind its first part, for so long; not twice within ten seconds. */
  tear(ms: number): void {
    const nowMs = performance.now();
    if (nowMs > this.#tornUntilMs + 10_000) this.#tornUntilMs = nowMs + ms;
  }

  override powerOff(): void {
    this.powerCuts++;
    super.powerOff();
    this.#remember();
  }

  #torn(request: RequestFrame, answer: Uint8Array): Uint8Array {
    const { at, maxWords } = registers.transaction.ocmfFile;
    const first = at + wholeWords - request.address;
    const isFile = request.function === 4 && request.address >= at && request.address < at + maxWords;
    if (!isFile || performance.now() > this.#tornUntilMs || answer[1] !== 4) return answer;
    const words = answer.slice(3, -2);
    words.fill(0, 2 * Math.max(0, first));
    this.tornReads++;
    return readAnswer(request.unit, 4, words);
  }

  #checkStored(): void {
    const record = this.lastRecord;
    if (record !== undefined && !this.isStored(record)) this.lost.push(paginationOf(record) ?? record);
  }

  #remember(): void {
    const record = this.lastRecord;
    if (record !== undefined && record !== this.sealed.at(-1)) this.sealed.push(record);
  }
}

/** Number of a record, as its PG has it: `T12`. */
export function paginationOf(record: string): string | undefined {
  return /"PG":"(T\d+)"/.exec(record)?.[1];
}

/** The meter and the transaction that a record names itself. */
export function sealOf(record: string): {
  readonly serialNumber: string | undefined;
  readonly transactionId: string | undefined;
} {
  return {
    serialNumber: /"MS":"([^"]*)"/.exec(record)?.[1],
    transactionId: /"TT":"[^"]*<=>([^"]*)"/.exec(record)?.[1],
  };
}
