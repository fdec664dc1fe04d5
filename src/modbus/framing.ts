import type { FramingName } from "./other_framing.ts";

/** Why an exchange got no usable answer. */
export interface Failure {
  readonly code: "timeout" | "crc" | "unexpected_answer";
  /** What came instead, to be put into a sentence: `no answer`, `an answer of unit 5`. */
  readonly what: string;
  /** Whether this request's answer may still come. */
  readonly owed: boolean;
  /** True: an answer came meanwhile, but one that names another request. */
  readonly stale?: boolean;
  /** True: what came was most likely the unit's answer, damaged on its way. */
  readonly damaged?: boolean;
  /** The framing that the gateway uses, where it is not the configured one. */
  readonly otherFraming?: FramingName;
}

/** How an exchange stands after what came last. */
export type Progress =
  | { readonly kind: "answer"; readonly frame: Uint8Array }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** From here on no answer can be found in the stream any more. */
  | { readonly kind: "garbage"; readonly failure: Failure }
  /**
   * More bytes are due. `inside`: the answer has begun, so that silence counts against it; `missing`: bytes that are
   * still due at least.
   */
  | { readonly kind: "wait"; readonly inside: boolean; readonly missing: number };

/** One way to put requests and answers on a stream. Knows no time and no port. */
export interface Framing {
  /**
   * Begins an exchange; what came before it is forgotten.
   *
   * @param request an RTU frame
   * @returns what to send
   */
  begin(request: Uint8Array): Uint8Array;
  /** Bytes that came, in an exchange or between two. */
  take(bytes: Uint8Array): Progress;
  /** Whole frames that came and were for no exchange; each is told once. */
  strays(): Uint8Array[];
  /** Ends the exchange because its time is up, and says what was found wrong. */
  expire(): Failure;
  /** Ends the exchange because its answer was taken. */
  finish(): void;
}
