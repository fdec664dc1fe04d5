import { describeForeign, scanAnswer, type Scanned } from "./answer_scanner.ts";
import { Echo } from "./echo.ts";
import { type ExpectedAnswer, expectedAnswer } from "./expected_answer.ts";
import type { Failure, Framing, Progress } from "./framing.ts";
import { beginsWithMbap, otherFramingText } from "./other_framing.ts";
import { Slab } from "./slab.ts";

/** Twice the longest frame: more bytes without a frame are endless noise. */
const maxBufferedBytes = 512;
const nothing = new Uint8Array(0);
const wrongEcho = "an echo that differs from what was sent (a collision, or ignore_echo is wrong)";

/** Modbus RTU: only unit, function, length and checksum identify the answer. */
export class RtuFraming implements Framing {
  readonly #echoes: boolean;
  readonly #slab = new Slab();
  #buffer: Uint8Array = nothing;
  #expected: ExpectedAnswer | undefined;
  /** Defined until the echo of the request has been received. */
  #echo: Echo | undefined;
  #foreign: string | undefined;
  #unexpected: Uint8Array[] = [];
  /** Whether the last answers were in the framing of Modbus TCP. */
  #mbap = false;

  /** @param echoes the adapter echoes the request before the answer */
  constructor(echoes: boolean) {
    this.#echoes = echoes;
  }

  begin(request: Uint8Array): Uint8Array {
    this.#expected = expectedAnswer(request);
    this.#buffer = nothing;
    this.#foreign = undefined;
    this.#echo = this.#echoes ? new Echo(new Uint8Array(request)) : undefined;
    return request;
  }

  take(bytes: Uint8Array): Progress {
    const echo = this.#echo?.take(bytes);
    if (echo?.kind === "wrong") return failed("unexpected_answer", wrongEcho, true);
    if (echo?.kind === "through") this.#echo = undefined;
    if (echo?.kind !== "awaited") this.#keep(echo?.rest ?? bytes);
    while (true) {
      const found = scanAnswer(this.#buffer, this.#expected);
      if (found.kind === "partial" || found.kind === "nothing") return this.#wait(found);
      this.#buffer = this.#buffer.subarray(found.end);
      this.#mbap = false;
      if (found.kind === "answer") return found;
      this.#foreign = this.#expected && describeForeign(found.frame, this.#expected);
      this.#unexpected.push(found.frame);
    }
  }

  takeUnexpected(): Uint8Array[] {
    return this.#unexpected.length === 0 ? this.#unexpected : this.#unexpected.splice(0);
  }

  expire(): Failure {
    const expected = this.#expected;
    const found = scanAnswer(this.#buffer, expected);
    const got = this.#buffer.length;
    const echo = this.#echo;
    const isMbap = beginsWithMbap(this.#buffer);
    this.#mbap ||= isMbap;
    this.finish();
    if (this.#foreign !== undefined) return { code: "unexpected_answer", what: this.#foreign, canArriveLate: true };
    if (echo?.differs) return { code: "unexpected_answer", what: wrongEcho, canArriveLate: true };
    if (echo !== undefined) {
      return {
        code: "timeout",
        what: "no complete echo of the request (ignore_echo is on) and no answer",
        canArriveLate: true,
      };
    }
    const other = this.#mbap ? { otherFraming: "modbus-tcp" } as const : {};
    if (isMbap) {
      return { code: "unexpected_answer", what: otherFramingText("modbus-tcp"), canArriveLate: false, ...other };
    }
    if (got === 0) return { code: "timeout", what: "no answer", canArriveLate: true, ...other };
    if (found.kind === "partial") {
      return {
        code: "timeout",
        what: `an answer that stopped after ${found.have} of ${found.want} bytes`,
        canArriveLate: false,
        damaged: true,
      };
    }
    return { code: "crc", what: `${got} bytes without a valid checksum`, canArriveLate: false, damaged: true };
  }

  finish(): void {
    this.#expected = undefined;
    this.#buffer = nothing;
    this.#echo = undefined;
  }

  /** Copies the bytes, because the next read of the port overwrites them. */
  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const have = this.#buffer.length;
    const all = this.#slab.take(have + bytes.length);
    all.set(this.#buffer);
    all.set(bytes, have);
    this.#buffer = all;
  }

  #wait(found: Exclude<Scanned, { frame: Uint8Array }>): Progress {
    const expected = this.#expected;
    if (this.#buffer.length > maxBufferedBytes) {
      this.#buffer = nothing;
      if (expected !== undefined) {
        return failed("crc", `more than ${maxBufferedBytes} bytes without a valid checksum`, true);
      }
    }
    // A single matching byte may be turnaround noise: the answer has begun when two bytes match
    const begun = found.kind === "partial" && found.have >= 2;
    const whole = expected !== undefined && this.#buffer.length >= expected.length;
    return { kind: "wait", inside: begun || whole, missing: found.kind === "partial" ? found.want - found.have : 1 };
  }
}

function failed(code: Failure["code"], what: string, canArriveLate: Failure["canArriveLate"]): Progress {
  return { kind: "failed", failure: { code, what, canArriveLate } };
}
