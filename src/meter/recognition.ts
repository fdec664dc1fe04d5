import type { Time } from "../base/time.ts";
import { Waiters } from "../base/waiters.ts";
import { type CourseValues, EnergyCourse } from "./energy_course.ts";
import { MeterError } from "./errors.ts";
import type { RegisterAccess } from "./register_access.ts";
import { readSerialNumber } from "./serial_number.ts";
import type { Identity } from "./types.ts";

/** A meter can be replaced on an open line within this time if nothing is read from it. */
export const maxUnreadMs = 12_000;

/**
 * The connection of the line on which a meter was recognised. After the line was opened again, another meter may
 * answer. Therefore nothing of this meter is read or written until its serial number has been read again.
 */
export class Recognition {
  readonly #registers: RegisterAccess;
  readonly #time: Time;
  readonly #name: string;
  readonly #waiters = new Waiters();
  #connection = -1;
  /** Number of requests without an answer when the meter was last recognised. */
  #timeouts = 0;
  /** Monotonic time at which values of this meter were last used, or at which it was recognised. */
  #usedAtMs = 0;
  #identity: Identity | undefined;
  #energies = new EnergyCourse();
  /** Whether another meter may answer. It stays true if the serial number cannot be read. */
  #mayBeAnother = false;

  /**
   * @param registers of any connection
   * @param name replaces the serial number of a meter without one
   */
  constructor(registers: RegisterAccess, time: Time, name: string) {
    this.#registers = registers;
    this.#time = time;
    this.#name = name;
  }

  /** The connection on which the meter was recognised; -1: none yet. */
  get connection(): number {
    return this.#connection;
  }

  /** The recognised meter; kept while the line is closed. */
  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** Whether the line has not been opened again since then. */
  get isCurrent(): boolean {
    return this.#connection === this.#registers.lineConnection;
  }

  /** Stores the result of a setup on a connection. */
  accept(identity: Identity, connection: number): void {
    if (identity !== this.#identity) this.#energies = new EnergyCourse();
    this.#mayBeAnother = false;
    this.#identity = identity;
    this.#connection = connection;
    this.#timeouts = this.#registers.timeouts;
    this.#usedAtMs = this.#time.mono();
    this.#waiters.release();
  }

  /**
   * Reads the serial number on `connection`, and accepts the connection if it is the known meter.
   *
   * @throws {MeterError} `replaced`: another meter answers; `unexpected_value`: its serial number is implausible
   * @throws {LineError} no usable answer
   * @throws {ModbusError} the meter refused
   */
  async recognise(connection: number, signal?: AbortSignal): Promise<void> {
    const identity = this.#identity;
    const { timeouts } = this.#registers;
    if (identity === undefined) throw new MeterError("offline", "no meter has been identified yet");
    const registers = this.#registers.with({ priority: "transaction", repeatRefused: true }).on(() => connection)
      .of(identity.layout.model);
    const { serialNumber: known, layout } = identity;
    const found = await readSerialNumber(registers, {
      model: layout.model,
      known,
      unnumbered: this.#name,
      time: this.#time,
      signal,
    });
    if (found !== known) throw new MeterError("replaced", `meter ${found} answers instead of ${known}`);
    if (this.#identity !== identity) return;
    if (connection > this.#connection) this.accept(identity, connection);
    this.#timeouts = timeouts;
  }

  /**
   * Reads the serial number again if another meter may answer on a line that stayed open:
   * - a request has had no answer since the meter was last recognised;
   * - values were last used more than 12 s ago: that is long enough to replace a meter;
   * - the energies are the first ones, or do not continue the previous ones.
   *
   * Call it after values were read and before they are used.
   *
   * @param values the values, as the meter measured them
   * @throws as {@linkcode recognise}
   */
  async confirm(values: CourseValues, signal?: AbortSignal): Promise<void> {
    const readAtMs = this.#time.mono();
    const energies = this.#energies;
    this.#mayBeAnother ||= readAtMs - this.#usedAtMs > maxUnreadMs || this.#timeouts !== this.#registers.timeouts ||
      !energies.isContinuedBy(values, readAtMs);
    if (this.#mayBeAnother) await this.recognise(this.#connection, signal);
    this.#mayBeAnother = false;
    energies.add(values, readAtMs);
    this.#usedAtMs = this.#time.mono();
  }

  /** Resolves when a connection is accepted, or when `signal` is aborted. */
  accepted(signal: AbortSignal): Promise<void> {
    return this.#waiters.wait(signal);
  }
}
