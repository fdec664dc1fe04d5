import { readAnswer, type RequestFrame } from "../../src/modbus/mod.ts";
import { registers } from "../../src/meter/mod.ts";
import { SimulatedMeter, type SimulatedMeterOptions, type SimulatorDeps } from "../../src/simulator/mod.ts";

/** Number of correct words in an incomplete file. */
const wholeWords = 100;

/** A simulated meter that remembers its sealed records, and checks whether it may erase them. */
export class WatchedMeter extends SimulatedMeter {
  /** Every record that it has sealed, in order. */
  readonly sealed: string[] = [];
  /** Paginations (PG) of records that were confirmed before they were stored. */
  readonly lost: string[] = [];
  /** Number of transactions that have begun. */
  begun = 0;
  /** Number of power losses. */
  powerCuts = 0;
  /** Number of incomplete answers with a part of the OCMF file. */
  tornReads = 0;
  /** Whether a record is stored safely. */
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

  /** Makes reads of the OCMF file return NULs after its first part for some time; not twice within ten seconds. */
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

/** Pagination of a record (PG): `T12`. */
export function paginationOf(record: string): string | undefined {
  return /"PG":"(T\d+)"/.exec(record)?.[1];
}

/** The meter and the transaction that a record names. */
export function sealOf(record: string): {
  readonly serialNumber: string | undefined;
  readonly transactionId: string | undefined;
} {
  return {
    serialNumber: /"MS":"([^"]*)"/.exec(record)?.[1],
    transactionId: /"TT":"[^"]*<=>([^"]*)"/.exec(record)?.[1],
  };
}
