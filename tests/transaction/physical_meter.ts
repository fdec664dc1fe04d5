import { ModbusError, type OcmfState, type TransactionFields } from "../../src/meter/mod.ts";
import { signRecord } from "../../src/ocmf/mod.ts";

const privateKey = new Uint8Array(32).fill(7);
const curve = "brainpoolP256r1";

/**
 * The key of every {@linkcode PhysicalMeter}: an uncompressed point. Computing it would take longer than most tests.
 */
export const meterKey: string =
  "04028EC4FFD1F989083B4DEA1542E8F61D15C28DEB3A61DDADFFBA11AB76D1D8D75EB8E2D46EC7C23353469BD0ED08C292152987E4367F977A3FF80E1A086C4348";

/** The state of a meter, which is independent of the process. */
export class PhysicalMeter {
  readonly serialNumber: string;
  state: OcmfState = "NOT_READY";
  tariffText = "";
  file: Uint8Array = new Uint8Array();
  /** Every record that the meter has made, in order. */
  readonly made: Uint8Array[] = [];
  /** Every file that it has erased after a confirmation. */
  readonly erased: Uint8Array[] = [];
  /** Number of reads of the OCMF state that still return RUNNING after an 'E'. */
  closingChecks = 0;
  /** Number of reads of the OCMF state that still return NOT_READY after a 'B'. */
  beginningLooks = 0;
  /** Erased files that were not stored anywhere else. */
  readonly lost: Uint8Array[] = [];
  /** Whether a file is stored somewhere else. */
  isStored: (file: Uint8Array) => boolean = () => false;
  fields: TransactionFields | undefined;
  /** Whether it copies its tariff text into the record without escapes. */
  copiesRaw = false;
  /** Its serial number in records. */
  namedSerialNumber: string;
  #pagination = 0;
  #looksLeft: number | undefined;
  #looksToBegin: number | undefined;

  constructor(serialNumber = "BY1234567") {
    this.serialNumber = serialNumber;
    this.namedSerialNumber = serialNumber;
  }

  look(): OcmfState {
    if (this.#looksLeft !== undefined && this.#looksLeft-- <= 0) this.close("E");
    if (this.#looksToBegin !== undefined && this.#looksToBegin-- <= 0) {
      this.#looksToBegin = undefined;
      this.state = "RUNNING";
    }
    return this.state;
  }

  write(fields: TransactionFields): void {
    this.fields = fields;
    this.tariffText = fields.tariffText;
  }

  begin(): void {
    if (this.state !== "NOT_READY") throw new ModbusError(4, "begin refused: a transaction is there");
    if (this.beginningLooks === 0) this.state = "RUNNING";
    else this.#looksToBegin = this.beginningLooks;
  }

  end(): void {
    if (this.state !== "RUNNING" || this.#looksLeft !== undefined) {
      throw new ModbusError(4, "end refused: none is open");
    }
    if (this.closingChecks === 0) return this.close("E");
    this.#looksLeft = this.closingChecks;
  }

  /** Closes the transaction and makes its record; `P` after a power loss. */
  close(tx: string): void {
    this.#looksLeft = undefined;
    this.file = this.#record(tx);
    this.made.push(this.file);
    this.state = "READY";
  }

  erase(): void {
    if (this.state === "NOT_READY") return;
    if (this.state === "RUNNING") throw new ModbusError(4, "confirm refused: a transaction runs");
    if (!this.isStored(this.file)) this.lost.push(this.file);
    this.erased.push(this.file);
    this.file = new Uint8Array();
    this.state = "NOT_READY";
  }

  #record(tx: string): Uint8Array {
    const number = ++this.#pagination;
    const begin = String(number * 2 - 2).padStart(2, "0");
    const end = String(number * 2 - 1).padStart(2, "0");
    const reading = `"RI":"1-b:1.8.0","RU":"kWh","RT":"AC","ST":"G"`;
    const payload =
      `{"FV":"1.2","GI":"EM580","GS":"${this.namedSerialNumber}","PG":"T${number}","MS":"${this.namedSerialNumber}",` +
      `"IS":true,"IL":"NONE","IF":[],"IT":"NONE","ID":"","TT":${
        this.copiesRaw ? `"${this.tariffText}"` : JSON.stringify(this.tariffText)
      },"CT":"EVSEID",` +
      `"CI":"DE*TST*E1","RD":[{"TM":"2026-01-31T08:${begin}:00,000+0000 S","TX":"B","RV":${number}.000,${reading}},` +
      `{"TM":"2026-01-31T08:${end}:00,000+0000 S","TX":"${tx}","RV":${number}.125,${reading}}]}`;
    return new TextEncoder().encode(signRecord(payload, privateKey, curve));
  }
}
