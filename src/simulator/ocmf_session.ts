import { type OcmfState, ocmfStates } from "../meter/mod.ts";
import { exceptions } from "../modbus/mod.ts";
import { Refusal } from "./protocol.ts";
import type { RecordReading, SessionFields } from "./record.ts";

type Phase =
  | { readonly state: "NOT_READY" }
  | { readonly state: "RUNNING"; readonly fields: SessionFields; readonly begin: RecordReading }
  /** 'E' was executed; the file is visible from `readyAtMs` on. */
  | { readonly state: "CLOSING"; readonly file: Uint8Array; readonly readyAtMs: number }
  | { readonly state: "READY"; readonly file: Uint8Array }
  | { readonly state: "CORRUPTED"; readonly file: Uint8Array };

/** Creates the signed file of a session; called once per session. */
export type RecordMaker = (fields: SessionFields, readings: readonly RecordReading[]) => Uint8Array;

/** The OCMF state machine of a meter. Methods throw {@linkcode Refusal} if the meter would refuse. */
export class OcmfSession {
  readonly #make: RecordMaker;
  readonly #mono: () => number;
  #phase: Phase = { state: "NOT_READY" };

  /** @param mono monotonic milliseconds */
  constructor(make: RecordMaker, mono: () => number) {
    this.#make = make;
    this.#mono = mono;
  }

  get state(): OcmfState {
    const { state } = this.#settled();
    return state === "CLOSING" ? "RUNNING" : state;
  }

  /** Number of the state in register 328929. */
  get stateNumber(): number {
    return ocmfStates.indexOf(this.state);
  }

  /** The file; empty unless the state is READY or CORRUPTED. */
  get file(): Uint8Array {
    const phase = this.#settled();
    return phase.state === "READY" || phase.state === "CORRUPTED" ? phase.file : new Uint8Array();
  }

  /** 'B'. */
  begin(fields: SessionFields, begin: RecordReading): void {
    const { state } = this.#settled();
    if (state !== "NOT_READY") throw refused("begin", this.state);
    this.#phase = { state: "RUNNING", fields, begin };
  }

  /** 'E' and 'A': creates the record now, and shows it after `closingMs`. */
  end(reading: RecordReading, closingMs: number): void {
    const phase = this.#settled();
    if (phase.state !== "RUNNING") throw refused(reading.tx === "A" ? "abort" : "end", this.state);
    const file = this.#make(phase.fields, [phase.begin, reading]);
    this.#phase = { state: "CLOSING", file, readyAtMs: this.#mono() + closingMs };
  }

  /** A write of zero to 328929: erases the file. */
  confirm(): void {
    if (this.state === "RUNNING") throw refused("confirm", this.state);
    this.#phase = { state: "NOT_READY" };
  }

  /** The supply failed: closes an open session with `reading`, and finishes a closing one. */
  losePower(reading: RecordReading): void {
    const phase = this.#settled();
    if (phase.state === "RUNNING") this.end(reading, 0);
    if (phase.state === "CLOSING") this.#phase = { state: "READY", file: phase.file };
  }

  /** Damages the file: only its first half is left. */
  corrupt(reading: RecordReading): void {
    const phase = this.#settled();
    const whole = phase.state === "RUNNING"
      ? this.#make(phase.fields, [phase.begin, reading])
      : phase.state === "NOT_READY"
      ? new Uint8Array()
      : phase.file;
    this.#phase = { state: "CORRUPTED", file: whole.subarray(0, Math.floor(whole.length / 2)) };
  }

  #settled(): Phase {
    if (this.#phase.state === "CLOSING" && this.#mono() >= this.#phase.readyAtMs) {
      this.#phase = { state: "READY", file: this.#phase.file };
    }
    return this.#phase;
  }
}

function refused(command: string, state: OcmfState): Refusal {
  return new Refusal(exceptions.deviceFailure, `The meter refuses to ${command} while ${state}`);
}
