import type { RequestFrame } from "../modbus/mod.ts";
import { systemTime, type Time } from "../base/time.ts";
import { encodeInteger, type MeterModel, type OcmfState, registers } from "../meter/mod.ts";
import { exceptions } from "../modbus/mod.ts";
import { signRecord } from "../ocmf/mod.ts";
import { encodeField } from "./encode.ts";
import { type SimulatedIdentity, simulatedIdentity } from "./identity.ts";
import { keyRegisters } from "./key_registers.ts";
import { constantLoad, movingLoad } from "./load.ts";
import { liveWords, measuredRegisters } from "./measured_registers.ts";
import { Measurement } from "./measurement.ts";
import { Memory } from "./memory.ts";
import { MeterClock } from "./meter_clock.ts";
import { OcmfSession } from "./ocmf_session.ts";
import type { SimulatedMeterOptions, SimulatorDeps } from "./options.ts";
import { answer, Refusal } from "./protocol.ts";
import { recordPayload, type RecordReading, type SessionFields } from "./record.ts";
import { type SigningKey, signingKey } from "./signing_key.ts";
import { transactionRegisters } from "./transaction_registers.ts";
import type { MeterValues, ValuesPatch } from "./values.ts";

const clockRefusedMs = 2000;

/**
 * A meter as seen from the line: registers, clock, OCMF transactions and signatures.
 *
 * Behaviour that the documents do not define: it refuses a command or a new time that does not match its state with
 * exception 4, and an out-of-range value with exception 3. It closes an aborted transaction with a record whose last TX
 * is "A". The 61 words of the signed live map contain clock, serial number, energies and the first 42 live words.
 */
export class SimulatedMeter {
  readonly #options: SimulatedMeterOptions;
  readonly #identity: SimulatedIdentity;
  readonly #key: SigningKey | undefined;
  readonly #time: Time;
  readonly #measurement: Measurement;
  readonly #clock: MeterClock;
  readonly #session: OcmfSession;
  readonly #memory: Memory;
  readonly #fields: () => SessionFields;
  #pagination: number;
  #powered = true;
  #poweredAtMs = -Infinity;
  #deafUntilMs = -Infinity;
  #lastRecord: string | undefined;

  /** @throws {RangeError} the unit, serial number or firmware is invalid */
  constructor(options: SimulatedMeterOptions, { time = systemTime }: SimulatorDeps = {}) {
    const { seed = options.unit, keyBits = 256, load = "moving" } = options;
    this.#options = options;
    this.#identity = simulatedIdentity(options);
    this.#key = this.model.billing === undefined || keyBits === "none" ? undefined : signingKey(keyBits, seed);
    this.#time = time;
    this.#pagination = options.pagination ?? 0;
    this.#measurement = new Measurement(
      this.model,
      time,
      load === "still" ? constantLoad : movingLoad(seed),
      load === "moving",
    );
    this.#clock = new MeterClock(time);
    this.#session = new OcmfSession((fields, readings) => this.#record(fields, readings), () => time.mono());
    const { segments, fields } = transactionRegisters({
      session: this.#session,
      clock: this.#clock,
      pagination: () => this.#pagination,
      filePaddingWords: options.filePaddingWords ?? 0,
      command: (letter) => this.#command(letter),
      checkClock: () => this.#checkClock(),
    });
    this.#fields = fields;
    this.#memory = new Memory([
      ...measuredRegisters(this.#identity, () => this.values),
      ...(this.model.billing !== undefined ? [...keyRegisters(this.#key, () => this.#mapData()), ...segments] : []),
    ]);
  }

  get unit(): number {
    return this.#identity.unit;
  }

  get name(): string {
    return this.#identity.name;
  }

  /** Its series. */
  get model(): MeterModel {
    return this.#identity.model;
  }

  get serialNumber(): string {
    return this.#identity.serialNumber;
  }

  /** Uncompressed point, upper-case hex; undefined on a meter without a key. */
  get publicKey(): string | undefined {
    return this.#key?.point;
  }

  /** The current values of the registers. */
  get values(): MeterValues {
    return this.#measurement.values;
  }

  get ocmfState(): OcmfState {
    return this.#session.state;
  }

  /** The last record, also after its confirmation. */
  get lastRecord(): string | undefined {
    return this.#lastRecord;
  }

  /** The clock in seconds since 1970, the offset of local time, and whether it is synchronised. */
  get clock(): { readonly utcSeconds: number; readonly offsetMinutes: number; readonly synchronised: boolean } {
    return this.#clock;
  }

  /** Sets fixed measured values. @throws {RangeError} a value does not fit in its register */
  set(patch: ValuesPatch): void {
    this.#measurement.set(patch);
    for (const { start, words } of this.model.live) this.#memory.read(start, words);
  }

  /**
   * Executes a request and returns the answer with its CRC; `undefined` for another unit, for a broadcast and without
   * power.
   */
  respond(request: RequestFrame): Uint8Array | undefined {
    if (!this.#powered || request.unit !== this.unit) return undefined;
    if (this.#time.mono() < this.#deafUntilMs) return undefined;
    this.#deafUntilMs = this.#time.mono() + (this.#identity.variant.deafMs ?? 0);
    return answer(request, {
      read: (address, words) => this.#read(address, words),
      write: (address, bytes) => this.#memory.write(address, bytes),
    });
  }

  /** Switches the supply off: silent until `powerOn`. The option `powerLoss` decides about an open transaction. */
  powerOff(): void {
    if (!this.#powered) return;
    if (this.#options.powerLoss !== "keeps_running") this.#session.losePower(this.#reading("P"));
    this.#powered = false;
  }

  /** Restores the supply. The clock is unsynchronised, and the meter rejects a new time for two seconds. */
  powerOn(): void {
    if (this.#powered) return;
    this.#measurement.skip();
    this.#clock.loseSupply();
    this.#powered = true;
    this.#poweredAtMs = this.#time.mono();
  }

  /** Switches the supply off and on. */
  powerCycle(): void {
    this.powerOff();
    this.powerOn();
  }

  /** Damages the OCMF file: the state is CORRUPTED, and half of the record is left. */
  corrupt(): void {
    this.#session.corrupt(this.#reading("E"));
  }

  #read(address: number, words: number): Uint8Array {
    const { identificationCode } = registers;
    if (address === identificationCode.at && words === 1) {
      return encodeField(identificationCode, this.#identity.identificationCode);
    }
    const { maxWords, singleWordRegisters } = this.model;
    const isIn = (at: number) => at >= address && at < address + words;
    if (this.#identity.variant.absent?.some(isIn)) {
      throw new Refusal(exceptions.illegalAddress, "This meter has no such register");
    }
    // Within a block, the register of the identification code is one of the live values.
    if (words > 1 && singleWordRegisters.some((at) => at !== identificationCode.at && isIn(at))) {
      throw new Refusal(exceptions.illegalAddress, "One of these registers must be read alone");
    }
    if (words > maxWords) {
      throw new Refusal(exceptions.illegalAddress, `This meter does not return ${words} words in one request`);
    }
    return this.#memory.read(address, words);
  }

  #command(letter: number): void {
    const { begin, end, abort } = registers.commands;
    if (letter === begin) {
      if (this.#key === undefined) throw new Refusal(exceptions.deviceFailure, "A meter without a key cannot bill");
      this.#session.begin(this.#fields(), this.#reading("B"));
    } else if (letter === end || letter === abort) {
      this.#session.end(this.#reading(letter === end ? "E" : "A"), this.#options.closingMs ?? 250);
    } else {
      throw new Refusal(exceptions.illegalValue, `Unknown command ${letter}`);
    }
  }

  #checkClock(): void {
    if (this.ocmfState === "RUNNING" || this.#time.mono() - this.#poweredAtMs < clockRefusedMs) {
      throw new Refusal(exceptions.deviceFailure, "The meter rejects a new time now");
    }
  }

  #reading(tx: RecordReading["tx"]): RecordReading {
    return { stamp: this.#clock.stamp(), tx, importWh: BigInt(this.values.energyImportWh) };
  }

  #record(fields: SessionFields, readings: readonly RecordReading[]): Uint8Array {
    if (this.#key === undefined) throw new TypeError(`Cannot sign a record: meter ${this.name} has no key`);
    const { serialNumber, firmwareText, model: { typeName = "" } } = this.#identity;
    const device = { typeName, serialNumber, firmware: firmwareText };
    const payload = recordPayload(device, ++this.#pagination, fields, readings, this.#options.recordTexts);
    this.#lastRecord = signRecord(payload, this.#key.privateKey, this.#key.curve);
    return new TextEncoder().encode(this.#lastRecord);
  }

  #mapData(): Uint8Array {
    const { utc, signedMap } = registers;
    const { live: [live], serialNumber: [serialNumber] } = this.model;
    const values = this.values;
    const data = new Uint8Array(signedMap.dataWords * 2);
    data.set(encodeField(utc, this.#clock.utcSeconds));
    data.set(encodeField(serialNumber, this.serialNumber), 8);
    data.set(encodeInteger("i64", values.energyImportWh), 22);
    data.set(encodeInteger("i64", values.energyExportWh), 30);
    if (live !== undefined) data.set(liveWords(live, values, this.#identity).subarray(0, data.length - 38), 38);
    return data;
  }
}
