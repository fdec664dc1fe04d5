import { describeForeign, scanAnswer } from "./answer_scanner.ts";
import { withCrc } from "./crc16.ts";
import { type ExpectedAnswer, expectedAnswer } from "./expected_answer.ts";
import { holdsRtuFrame, otherFramingText } from "./other_framing.ts";
import type { Failure, Framing, Progress } from "./framing.ts";

/** Transaction id, protocol and length, each two bytes. */
const headBytes = 6;
const maxBodyBytes = 254;
const staleAnswer = "no answer except one to an earlier request";

const rtuFrame: Failure = {
  code: "unexpected_answer",
  what: otherFramingText("rtu"),
  canArriveLate: false,
  otherFraming: "rtu",
};

/** Modbus TCP: the same requests and answers with a header; its transaction id identifies late answers. */
export class MbapFraming implements Framing {
  #buffer: Uint8Array = new Uint8Array(0);
  #transaction = 0;
  #expected: ExpectedAnswer | undefined;
  /** Whether an answer to another request has arrived since the request. */
  #stale = false;

  begin(request: Uint8Array): Uint8Array {
    this.#expected = expectedAnswer(request);
    this.#stale = false;
    this.#transaction = (this.#transaction + 1) & 0xffff;
    const body = request.subarray(0, -2);
    const frame = new Uint8Array(headBytes + body.length);
    const view = new DataView(frame.buffer);
    view.setUint16(0, this.#transaction);
    view.setUint16(4, body.length);
    frame.set(body, headBytes);
    return frame;
  }

  take(bytes: Uint8Array): Progress {
    this.#buffer = Uint8Array.of(...this.#buffer, ...bytes);
    while (this.#buffer.length >= headBytes) {
      const view = new DataView(this.#buffer.buffer);
      const length = view.getUint16(4);
      if (view.getUint16(2) !== 0 || length < 3 || length > maxBodyBytes) return this.#garbage();
      if (this.#buffer.length < headBytes + length) return this.#wait(headBytes + length);
      const body = this.#buffer.slice(headBytes, headBytes + length);
      this.#buffer = this.#buffer.slice(headBytes + length);
      if (view.getUint16(0) === this.#transaction && this.#expected !== undefined) return fit(body, this.#expected);
      this.#stale = true;
    }
    return this.#wait(headBytes);
  }

  /** Late answers are identified by their transaction id and ignored. */
  takeUnexpected(): Uint8Array[] {
    return [];
  }

  expire(): Failure {
    const begun = this.#buffer.length;
    const stale = this.#stale;
    this.finish();
    if (holdsRtuFrame(this.#buffer)) {
      this.#buffer = new Uint8Array(0);
      return rtuFrame;
    }
    return {
      code: "timeout",
      what: begun > 0 ? `an answer that stopped after ${begun} bytes` : stale ? staleAnswer : "no answer",
      canArriveLate: false,
      stale,
    };
  }

  finish(): void {
    this.#expected = undefined;
  }

  #wait(whole: number): Progress {
    const have = this.#buffer.length;
    return { kind: "wait", inside: have > 0, missing: whole - have };
  }

  #garbage(): Progress {
    const isRtu = holdsRtuFrame(this.#buffer);
    this.#buffer = new Uint8Array(0);
    const failure: Failure = isRtu ? rtuFrame : {
      code: "unexpected_answer",
      what: "bytes that are not Modbus TCP",
      canArriveLate: false,
    };
    return { kind: "garbage", failure };
  }
}

function fit(body: Uint8Array, expected: ExpectedAnswer): Progress {
  const frame = withCrc(body);
  const found = scanAnswer(frame, expected);
  if (found.kind === "answer" && found.frame.length === frame.length) return found;
  return {
    kind: "failed",
    failure: { code: "unexpected_answer", what: describeForeign(frame, expected), canArriveLate: false },
  };
}
