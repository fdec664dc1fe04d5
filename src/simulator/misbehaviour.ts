/** What goes wrong with one exchange. */
export type Misbehaviour =
  /** The meter never gets the request. */
  | { readonly kind: "lose_request" }
  /** The meter does what was asked, its answer is lost. */
  | { readonly kind: "lose_answer" }
  /** The answer starts `ms` later than it should; other meters answer meanwhile. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The answer's check sum is wrong. */
  | { readonly kind: "bad_crc" }
  /** Only the first `bytes` bytes of the answer come. */
  | { readonly kind: "short"; readonly bytes: number }
  /** The answer carries another unit, with a good check sum. */
  | { readonly kind: "wrong_unit"; readonly unit: number }
  /** `bytes` come right before the answer. */
  | { readonly kind: "noise"; readonly bytes: Uint8Array }
  /** The meter does nothing and answers with this exception. */
  | { readonly kind: "exception"; readonly exception: number }
  /** These bytes come in place of the answer; the meter does what was asked. */
  | { readonly kind: "foreign"; readonly bytes: Uint8Array };

/** Which requests misbehave; what is absent does not matter. */
export interface RequestMatch {
  readonly unit?: number;
  /** First register of the request. */
  readonly address?: number;
  readonly kind?: "read" | "write";
  /** @default 1 */
  readonly times?: number;
}

/** A misbehaviour in force. */
export interface Scripted {
  /** Requests that it has hit. */
  readonly hits: number;
  cancel(): void;
}
