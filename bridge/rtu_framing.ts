import { describeForeign, scanAnswer, type Scanned } from "./answer_scanner.ts";
import { type ExpectedAnswer, expectedAnswer } from "./expected_answer.ts";
import type { Failure, Framing, Progress } from "./framing.ts";
import { Slab } from "./slab.ts";

/** Twice the longest frame: more that holds no frame is noise without end. */
const maxBufferedBytes = 512;
const nothing = new Uint8Array(0);

/** Modbus RTU: the answer is known by its unit, function, length and checksum alone. */
export class RtuFraming implements Framing {
  readonly #echoes: boolean;
  readonly #slab = new Slab();
  #buffer: Uint8Array = nothing;
  #expected: ExpectedAnswer | undefined;
  /** The request's bytes that have yet to come back. */
  #echo: Uint8Array = nothing;
  #foreign: string | undefined;
  #strays: Uint8Array[] = [];

  /** @param echoes the request comes back before the answer */
  constructor(echoes: boolean) {
    this.#echoes = echoes;
  }

  begin(request: Uint8Array): Uint8Array {
    this.#expected = expectedAnswer(request);
    this.#buffer = nothing;
    this.#foreign = undefined;
    this.#echo = this.#echoes ? new Uint8Array(request) : nothing;
    return request;
  }

  take(bytes: Uint8Array): Progress {
    const rest = this.#skipEcho(bytes);
    if (rest === undefined) {
      return failed(
        "unexpected_answer",
        "an echo that differs from what was sent (a collision, or ignore_echo is wrong)",
        true,
      );
    }
    this.#keep(rest);
    while (true) {
      const found = scanAnswer(this.#buffer, this.#expected);
      if (found.kind === "partial" || found.kind === "nothing") return this.#wait(found);
      this.#buffer = this.#buffer.subarray(found.end);
      if (found.kind === "answer") return found;
      this.#foreign = this.#expected && describeForeign(found.frame, this.#expected);
      this.#strays.push(found.frame);
    }
  }

  strays(): Uint8Array[] {
    return this.#strays.length === 0 ? this.#strays : this.#strays.splice(0);
  }

  expire(): Failure {
    const expected = this.#expected;
    const found = scanAnswer(this.#buffer, expected);
    const got = this.#buffer.length;
    const noEcho = this.#echo.length > 0;
    this.finish();
    if (this.#foreign !== undefined) return { code: "unexpected_answer", what: this.#foreign, owed: true };
    if (noEcho) {
      return { code: "timeout", what: "no whole echo of the request (ignore_echo is on) and no answer", owed: true };
    }
    if (got === 0) return { code: "timeout", what: "no answer", owed: true };
    if (found.kind === "partial") {
      return {
        code: "timeout",
        what: `an answer that broke off after ${found.have} of ${found.want} bytes`,
        owed: false,
        damaged: true,
      };
    }
    return { code: "crc", what: `${got} bytes without a right checksum`, owed: false, damaged: true };
  }

  finish(): void {
    this.#expected = undefined;
    this.#buffer = nothing;
    this.#echo = nothing;
  }

  /** Copies: what comes from the port is overwritten by the next read. */
  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const have = this.#buffer.length;
    const all = this.#slab.take(have + bytes.length);
    all.set(this.#buffer);
    all.set(bytes, have);
    this.#buffer = all;
  }

  /** The bytes behind the echo; undefined when the echo is wrong. */
  #skipEcho(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#echo.length === 0) return bytes;
    const length = Math.min(bytes.length, this.#echo.length);
    for (let index = 0; index < length; index++) {
      if (bytes[index] !== this.#echo[index]) return undefined;
    }
    this.#echo = this.#echo.subarray(length);
    return bytes.subarray(length);
  }

  #wait(found: Exclude<Scanned, { frame: Uint8Array }>): Progress {
    const expected = this.#expected;
    if (this.#buffer.length > maxBufferedBytes) {
      this.#buffer = nothing;
      if (expected !== undefined) {
        return failed("crc", `more than ${maxBufferedBytes} bytes without a right checksum`, true);
      }
    }
    // A single byte that fits may be noise of the line's turnaround: the answer has begun when two fit.
    const begun = found.kind === "partial" && found.have >= 2;
    const whole = expected !== undefined && this.#buffer.length >= expected.length;
    return { kind: "wait", inside: begun || whole, missing: found.kind === "partial" ? found.want - found.have : 1 };
  }
}

function failed(code: Failure["code"], what: string, owed: Failure["owed"]): Progress {
  return { kind: "failed", failure: { code, what, owed } };
}
