import { FaultBoard } from "../../src/base/fault_board.ts";
import { Mutex } from "../../src/base/mutex.ts";
import {
  type Identity,
  LineError,
  MeterError,
  type MeterFaults,
  type MeterState,
  ModbusError,
  type OcmfState,
  type SignedValue,
  type TransactionFields,
  type TransactionSteps,
} from "../../src/meter/mod.ts";
import { pointToSpki } from "../../src/ocmf/mod.ts";
import { meterKey, type PhysicalMeter } from "./physical_meter.ts";
import { layoutNamed } from "../support/layout_named.ts";

/**
 * Failures of one step. `unheard`: it never reached the meter; `lost`: its answer was lost; `refused`: the meter
 * answered with an exception; `dead_before`, `dead_after`: the process ends before or after the step.
 */
export const mishaps = ["unheard", "lost", "refused", "dead_before", "dead_after"] as const;

/** One of {@linkcode mishaps}. */
export type Mishap = typeof mishaps[number];

/** The names of the steps that reach the line. */
export type StepName = Exclude<
  keyof TransactionSteps,
  | "name"
  | "identity"
  | "state"
  | "answersBadly"
  | "connection"
  | "faults"
  | "exclusive"
  | "recognised"
  | "setClockIfDue"
  | "setClockBeforeStart"
  | "monitor"
  | "reportsClosing"
>;

/** A physical meter for one process, with failures at selected steps. */
export class ScriptedSteps implements TransactionSteps {
  readonly name = "evse-1";
  readonly faults: MeterFaults = new FaultBoard(
    () => 0,
    ({ subType, active }) => this.faultChanges.push(`${active ? "+" : "-"}${subType}`),
  );
  readonly faultChanges: string[] = [];
  identity: Identity | undefined;
  state: MeterState = "online";
  answersBadly = false;
  connection = 1;
  monitored = false;
  reportsClosing = true;
  /** Why the file of a READY meter cannot be read. */
  fileProblem: Error | undefined;
  clockSettled = 0;
  /** Number of calls with a power loss. */
  powerLosses = 0;
  /** Number of steps at each time when the clock was set before a start. */
  readonly clockSettledAt: number[] = [];
  /** Every step so far. */
  readonly calls: StepName[] = [];
  /** The failure at the call with this number, counted from 0. */
  mishapAt: (call: number, step: StepName) => Mishap | undefined = () => undefined;
  /** Resolves when the process has ended. */
  readonly died: Promise<void>;
  #meter: PhysicalMeter;
  readonly #mutex = new Mutex();
  readonly #die: () => void;
  #dead = false;

  constructor(meter: PhysicalMeter) {
    this.#meter = meter;
    this.identity = identityOf(meter.serialNumber);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.died = promise;
    this.#die = resolve;
  }

  /** Replaces the meter. */
  connect(meter: PhysicalMeter): void {
    this.#meter = meter;
    this.identity = identityOf(meter.serialNumber);
  }

  /** Replaces the meter without a new setup. */
  swap(meter: PhysicalMeter): void {
    this.#meter = meter;
  }

  /** Whether the process has ended. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Ends the process: no step returns after that. */
  die(): Promise<never> {
    this.#dead = true;
    this.#die();
    return new Promise(() => {});
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(work);
  }

  recognised(): undefined {}

  requireSameMeter(): Promise<void> {
    return this.#step("requireSameMeter", () => {
      if (this.identity?.serialNumber !== this.#meter.serialNumber) {
        throw new MeterError("replaced", `meter ${this.#meter.serialNumber} answers`);
      }
    });
  }

  readOcmfState(): Promise<OcmfState> {
    return this.#step("readOcmfState", () => this.#meter.look());
  }

  writeTransaction(fields: TransactionFields): Promise<void> {
    return this.#step("writeTransaction", () => this.#meter.write(fields));
  }

  begin(): Promise<void> {
    return this.#step("begin", () => this.#meter.begin());
  }

  end(): Promise<void> {
    return this.#step("end", () => this.#meter.end());
  }

  readTariffText(): Promise<string> {
    return this.#step("readTariffText", () => this.#meter.tariffText);
  }

  readOcmfFile(): Promise<Uint8Array> {
    return this.#step("readOcmfFile", () => {
      if (this.fileProblem !== undefined) throw this.fileProblem;
      return this.#meter.file.slice();
    });
  }

  salvageOcmfFile(): Promise<Uint8Array> {
    return this.#step("salvageOcmfFile", () => this.#meter.file.slice());
  }

  confirmOcmfFile(): Promise<void> {
    return this.#step("confirmOcmfFile", () => this.#meter.erase());
  }

  readSignedValue(): Promise<SignedValue> {
    return this.#step("readSignedValue", () => ({
      data: "AB".repeat(122),
      signature: "CD".repeat(64),
      signingMethod: "ECDSA-brainpoolP256r1-SHA256",
      takenAtMs: Date.UTC(2026, 0, 31, 8, 0, 1),
    }));
  }

  setClockIfDue(lostPower = false): Promise<void> {
    this.clockSettled++;
    this.powerLosses += Number(lostPower);
    return Promise.resolve();
  }

  setClockBeforeStart(): Promise<void> {
    this.clockSettledAt.push(this.calls.length);
    return Promise.resolve();
  }

  monitor(on: boolean): void {
    this.monitored = on;
  }

  async #step<T>(step: StepName, work: () => T): Promise<T> {
    if (this.#dead) return await this.die();
    const mishap = this.mishapAt(this.calls.push(step) - 1, step);
    await Promise.resolve();
    if (mishap === "dead_before") return await this.die();
    if (mishap === "unheard") throw new LineError("timeout", `no answer to ${step}`);
    if (mishap === "refused") throw new ModbusError(4, `${step} refused`);
    const result = work();
    if (mishap === "dead_after") return await this.die();
    if (mishap === "lost") throw new LineError("crc", `damaged answer to ${step}`);
    return result;
  }
}

/** An EM580 with the key of every physical meter. */
export function identityOf(serialNumber: string): Identity {
  return {
    code: 1650,
    family: "em580",
    layout: layoutNamed("em580"),
    model: "EM580",
    firmware: { measure: "1.6.3", communication: "1.6.3" },
    serialNumber,
    productionYear: 2025,
    meterId: `${serialNumber}.2025`,
    billing: {
      able: true,
      keyBits: 256,
      signingMethod: "ECDSA-brainpoolP256r1-SHA256",
      publicKeyPoint: meterKey,
      publicKeyDer: pointToSpki(meterKey),
    },
  };
}
