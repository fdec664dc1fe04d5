import { FaultBoard } from "../base/fault_board.ts";
import { Feed } from "../base/feed.ts";
import { type Log, withFields } from "../base/log.ts";
import { Mutex } from "../base/mutex.ts";
import type { Time } from "../base/time.ts";
import type { Bus } from "../line/mod.ts";
import { MeterClock } from "./clock.ts";
import { encodeInteger } from "./codec.ts";
import { ReadFailures } from "./read_failures.ts";
import { MeterError } from "./errors.ts";
import { FaultLog } from "./fault_log.ts";
import type { MeterFaults } from "./faults.ts";
import { zoneOffsetMinutes } from "../base/time_zone.ts";
import { invertReading } from "./invert.ts";
import { MeterLifecycle } from "./meter_lifecycle.ts";
import type { MeterOptions } from "./meter_options.ts";
import { readOcmfFile, readOcmfState, salvageOcmfFile } from "./ocmf_registers.ts";
import { Recognition } from "./recognition.ts";
import { RegisterAccess } from "./register_access.ts";
import { commands, type OcmfState, ocmfStates, transaction } from "./registers.ts";
import { pollEndOf } from "./poll_end.ts";
import { readSignedValue, takeReading } from "./take_reading.ts";
import type {
  Identity,
  MeterEvent,
  MeterState,
  Reading,
  SignedValue,
  TransactionFields,
  TransactionSteps,
} from "./types.ts";
import { writeTransaction } from "./write_transaction.ts";

/**
 * How long a request waits for a closed line, or for the serial number of the meter after the line was opened again.
 */
const recognitionTimeoutMs = 5000;

/** One meter on its line: identity, readings, health, clock, and the single steps of a transaction. */
export class Meter implements TransactionSteps {
  readonly name: string;
  /** Events in order, for one reader; ends after the state `stopped`. */
  readonly events = new Feed<MeterEvent>();
  /** Faults of the meter, including those of its transactions. */
  readonly faults: MeterFaults;
  readonly #options: MeterOptions;
  readonly #bus: Bus;
  readonly #time: Time;
  readonly #log: Log;
  readonly #readFailures: ReadFailures;
  readonly #registers: RegisterAccess;
  readonly #transactionRegisters: RegisterAccess;
  readonly #mutex = new Mutex();
  readonly #clock: MeterClock;
  readonly #life: MeterLifecycle;
  readonly #recognition: Recognition;
  /** The connection of the line to which the current exclusive work belongs. */
  #exclusiveConnection: number | undefined;
  #transactionOpen = false;
  /** Readings on request that are in progress. */
  readonly #readings = new Set<Promise<Reading>>();

  /**
   * Creates a meter. It is idle until `start`.
   *
   * @param options validated settings
   * @param bus line of the meter
   */
  constructor(options: MeterOptions, bus: Bus, deps: { readonly time: Time; readonly log: Log }) {
    this.name = options.name;
    this.#options = options;
    this.#bus = bus;
    this.#time = deps.time;
    this.#log = withFields(deps.log, { meter: options.name, line: options.lineName, unit: options.unit });
    this.#readFailures = new ReadFailures({ log: this.#log, time: this.#time });
    const faultLog = new FaultLog(this.#log, deps.time);
    this.faults = new FaultBoard(() => deps.time.now(), (fault) => {
      faultLog.note(fault);
      this.events.push({ kind: "fault", fault });
    });
    this.#registers = new RegisterAccess(bus, options.unit, {
      priority: "live",
      attempts: options.communicationRetryCount,
      delayMs: options.communicationRetryDelayMs,
    });
    this.#transactionRegisters = this.#registers.with({ priority: "transaction" }).on(() => this.#stepConnection);
    this.#recognition = new Recognition(this.#registers, this.#time, options.name);
    this.#clock = new MeterClock({
      offsetMinutesAt: (atMs) =>
        options.timeZone === undefined ? options.timezoneOffsetMinutes : zoneOffsetMinutes(options.timeZone, atMs),
      maySet: options.maySetClock ?? (() => true),
      exclusive: (work) => this.exclusive(work),
      faults: this.faults,
      time: this.#time,
      log: this.#log,
    });
    this.#life = new MeterLifecycle({
      options,
      registers: this.#registers,
      recognition: this.#recognition,
      events: this.events,
      faults: this.faults,
      clock: this.#clock,
      readFailures: this.#readFailures,
      time: this.#time,
      log: this.#log,
      transactionOpen: () => this.#transactionOpen,
      exclusive: (work) => this.exclusive(work),
    });
  }

  /** Undefined until setup has read it; kept while the meter is offline. */
  get identity(): Identity | undefined {
    return this.#life.identity;
  }

  get connection(): number {
    return this.#bus.connection;
  }

  /** `connecting` before the start. */
  get state(): MeterState {
    return this.#life.state;
  }

  get answersBadly(): boolean {
    return this.#life.answersBadly;
  }

  /** Number of live cycles that were skipped because the line had no time. */
  get skippedCycles(): number {
    return this.#life.skippedCycles;
  }

  /** Resolves when the first setup has succeeded or failed. */
  get triedOnce(): Promise<void> {
    return this.#life.triedOnce;
  }

  /** Starts to connect; then the meter works on its own until `stop`. */
  start(): void {
    this.#life.start();
  }

  /**
   * Finishes the current exchange and the readings on request; the state `stopped` is the last event. After that, the
   * line has no request of this meter.
   */
  async stop(): Promise<void> {
    await this.#life.stop();
    await Promise.allSettled(this.#readings);
  }

  /**
   * Takes a complete reading in addition to those of the grid: with energies, temperature and, unless the settings say
   * never, a signed value.
   *
   * @throws {MeterError} `offline`
   * @throws {LineError} no usable answer in all attempts: the meter goes offline
   * @throws {ModbusError} the meter refused: the meter goes offline
   */
  readNow(): Promise<Reading> {
    const reading = this.#readNow();
    this.#readings.add(reading);
    return reading.finally(() => this.#readings.delete(reading));
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      this.#exclusiveConnection = this.#recognition.connection;
      try {
        return await work();
      } finally {
        this.#exclusiveConnection = undefined;
      }
    });
  }

  recognised(): Promise<void> | undefined {
    return this.#life.recognised(recognitionTimeoutMs);
  }

  async requireSameMeter(): Promise<void> {
    try {
      await this.#recognition.recognise(this.#stepConnection);
    } catch (error) {
      if (error instanceof MeterError) this.#life.endPolling(pollEndOf(error));
      throw error;
    }
  }

  readOcmfState(): Promise<OcmfState> {
    return readOcmfState(this.#transactionRegisters);
  }

  writeTransaction(fields: TransactionFields): Promise<void> {
    return writeTransaction(this.#transactionRegisters, fields, this.#log);
  }

  begin(): Promise<void> {
    return this.#transactionRegisters.writeOnce(transaction.command.at, encodeInteger("u16", commands.begin));
  }

  end(): Promise<void> {
    return this.#transactionRegisters.writeOnce(transaction.command.at, encodeInteger("u16", commands.end));
  }

  readTariffText(): Promise<string> {
    return this.#transactionRegisters.value(transaction.tariffText);
  }

  readOcmfFile(): Promise<Uint8Array> {
    return readOcmfFile(this.#transactionRegisters);
  }

  salvageOcmfFile(): Promise<Uint8Array> {
    return salvageOcmfFile(this.#transactionRegisters);
  }

  confirmOcmfFile(): Promise<void> {
    return this.#transactionRegisters.writeOnce(
      transaction.ocmfState.at,
      encodeInteger("u16", ocmfStates.indexOf("NOT_READY")),
    );
  }

  async readSignedValue(): Promise<SignedValue> {
    const { identity } = this;
    if (identity === undefined) throw new MeterError("offline", `meter ${this.name} has not been identified yet`);
    return await readSignedValue(this.#transactionRegisters, identity, () => this.#time.now());
  }

  async setClockIfDue(lostPower = false): Promise<void> {
    if (this.#life.hasClock) await this.#clock.setIfDue(this.#transactionRegisters, lostPower);
  }

  async setClockBeforeStart(): Promise<void> {
    if (this.#life.hasClock) await this.#clock.setBeforeStart(this.#transactionRegisters);
  }

  get reportsClosing(): boolean {
    return this.#options.monitorTransactionState;
  }

  monitor(on: boolean): void {
    this.#transactionOpen = on;
  }

  async #readNow(): Promise<Reading> {
    await this.recognised();
    const { identity } = this;
    if (identity === undefined || this.state !== "online") {
      throw new MeterError("offline", `meter ${this.name} is ${this.state}`);
    }
    const signedValue = this.#options.publishSignedValues !== "never";
    const tools = { now: () => this.#time.now(), readFailures: this.#readFailures };
    const extended = this.#options.extendedValues;
    const wanted = { energy: true, temperature: true, signedValue, extended };
    const registers = this.#registers.with({ priority: "health" }).on(() => this.#recognition.connection);
    let reading: Reading;
    try {
      reading = await takeReading(registers, identity, wanted, tools);
      await this.#recognition.confirm(reading);
    } catch (error) {
      this.#life.endPolling(pollEndOf(error));
      throw error;
    }
    const { meterId } = this.identity ?? identity;
    if (meterId !== identity.meterId) {
      throw new MeterError("replaced", `meter ${meterId} replaced ${identity.meterId} during the reading`);
    }
    this.faults.clear("CommunicationError");
    return this.#options.invert ? invertReading(reading) : reading;
  }

  get #stepConnection(): number {
    return this.#exclusiveConnection ?? this.#recognition.connection;
  }
}
