import { ocmfStates } from "../meter/mod.ts";
import { hex, spacedHex } from "../base/hex.ts";
import { type Line, LineError, type Priority } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { errorText } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { FrameLog } from "./frame_log.ts";

/** Result of one request. */
export type Answer =
  | { readonly kind: "answered"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly exception: number }
  | { readonly kind: "silent"; readonly why: string };

const priority: Priority = "transaction";
/** A single damaged frame says nothing about the meter. */
const attempts = 3;

/** One meter on its own line, read register by register. */
export class FieldMeter {
  readonly unit: number;
  readonly time: Time;
  readonly frames: FrameLog;
  readonly signal: AbortSignal;
  readonly #line: Line;

  /** @param signal ends the test; a started transaction is still stopped */
  constructor(
    line: Line,
    parts: {
      readonly unit: number;
      readonly time: Time;
      readonly frames: FrameLog;
      readonly signal: AbortSignal;
    },
  ) {
    this.#line = line;
    this.unit = parts.unit;
    this.time = parts.time;
    this.frames = parts.frames;
    this.signal = parts.signal;
  }

  /** Reads input registers in one request, with up to three attempts. */
  tryRead(address: number, words: number, tries = attempts): Promise<Answer> {
    return answerOf(this.#line.read(this.unit, address, words, { priority, attempts: tries }));
  }

  /**
   * Reads as many registers as needed.
   *
   * @throws {LineError} no usable answer
   * @throws {ModbusError} the meter refused
   */
  read(address: number, words: number): Promise<Uint8Array> {
    return this.#line.read(this.unit, address, words, { priority, attempts });
  }

  /** Reads one register as a number; throws like `read`. */
  async number(address: number): Promise<number> {
    return numberIn(await this.read(address, 1));
  }

  /** Writes registers. A write that is not repeatable is sent only once. */
  async write(address: number, bytes: Uint8Array, repeatable: boolean): Promise<Answer> {
    const written = this.#line.write(this.unit, address, bytes, {
      priority,
      attempts: repeatable ? attempts : 1,
      repeatable,
    });
    return await answerOf(written.then(() => new Uint8Array()));
  }
}

/** Formats an address in upper-case hex, like the documents. */
export function registerText(address: number): string {
  return `${hex(address)}h`;
}

/** Describes an answer without its values. */
export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case "answered":
      return "answered";
    case "refused":
      return `refused with exception ${answer.exception}`;
    case "silent":
      return `no usable answer (${answer.why})`;
  }
}

/** Formats the value of one register, or the reason why there is none. */
export function valueText(answer: Answer): string {
  if (answer.kind !== "answered") return answerText(answer);
  const words = spacedHex(answer.bytes, 2);
  return answer.bytes.length === 2 ? `${words}h (${numberIn(answer.bytes)})` : words;
}

/** Returns the first register as a number. */
export function numberIn([high = 0, low = 0]: Uint8Array): number {
  return high << 8 | low;
}

async function answerOf(reading: Promise<Uint8Array>): Promise<Answer> {
  try {
    return { kind: "answered", bytes: await reading };
  } catch (error) {
    if (error instanceof ModbusError) return { kind: "refused", exception: error.exception };
    if (error instanceof LineError && error.code !== "closed") return { kind: "silent", why: errorText(error) };
    throw error;
  }
}

/** The name of a state. */
export function stateText(state: number): string {
  return ocmfStates[state] ?? `${state}`;
}
