import type { LineErrorCode } from "./errors.ts";

/** Why an exchange got no usable answer. */
export interface Failure {
  readonly code: Exclude<LineErrorCode, "closed">;
  /** What came instead, to be put into a sentence: `no answer`, `an answer of unit 5`. */
  readonly what: string;
  /** Answers that may still come: 1 this request's, 0 none, -1 one more came than this request has. */
  readonly owed: 1 | 0 | -1;
}

/** How an exchange stands after what came last. */
export type Progress =
  | { readonly kind: "answer"; readonly frame: Uint8Array }
  | { readonly kind: "failed"; readonly failure: Failure }
  /**
   * More bytes are due. `inside`: the answer has begun, so that silence counts against it; `missing`: bytes that are
   * still due at least.
   */
  | { readonly kind: "wait"; readonly inside: boolean; readonly missing: number };

/** One way to put requests and answers on a stream. Knows no time and no port. */
export interface Framing {
  /** Whether an answer names the request that it belongs to, so that a late one cannot be mistaken. */
  readonly identifiesAnswers: boolean;
  /**
   * Begins an exchange; what came before it is forgotten.
   *
   * @param request an RTU frame
   * @returns what to send
   */
  begin(request: Uint8Array): Uint8Array;
  /** Bytes that came, in an exchange or between two. */
  take(bytes: Uint8Array): Progress;
  /** Ends the exchange because its time is up, and says what was found wrong. */
  expire(): Failure;
  /** Ends the exchange because its answer was taken. */
  finish(): void;
}
