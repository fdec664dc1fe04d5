import type { FramingName } from "./other_framing.ts";

/** Why an exchange has no usable answer. */
export interface Failure {
  readonly code: "timeout" | "crc" | "unexpected_answer";
  /** What was received instead, as a part of a sentence: `no answer`, `an answer of unit 5`. */
  readonly what: string;
  /** Whether the answer to this request can still arrive. */
  readonly canArriveLate: boolean;
  /** True: an answer to another request has arrived. */
  readonly stale?: boolean;
  /** True: the received bytes were most likely the damaged answer of the unit. */
  readonly damaged?: boolean;
  /** The framing of the gateway, if it is not the configured one. */
  readonly otherFraming?: FramingName;
}

/** State of an exchange after the last received bytes. */
export type Progress =
  | { readonly kind: "answer"; readonly frame: Uint8Array }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The stream is out of step: no more answers can be found in it. */
  | { readonly kind: "garbage"; readonly failure: Failure }
  /**
   * More bytes are needed. `inside`: the answer has begun, so the limit for silence inside an answer applies;
   * `missing`: the least number of missing bytes.
   */
  | { readonly kind: "wait"; readonly inside: boolean; readonly missing: number };

/** A format of requests and answers on a stream. Independent of time and port. */
export interface Framing {
  /**
   * Begins an exchange and forgets earlier bytes.
   *
   * @param request an RTU frame
   * @returns the bytes to send
   */
  begin(request: Uint8Array): Uint8Array;
  /** Adds received bytes, during an exchange or between two. */
  take(bytes: Uint8Array): Progress;
  /** Complete frames that belong to no exchange; each is returned once. */
  takeUnexpected(): Uint8Array[];
  /** Ends the exchange after a timeout and returns the failure. */
  expire(): Failure;
  /** Ends the exchange after its answer was used. */
  finish(): void;
}
