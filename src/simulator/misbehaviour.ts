/** A fault of one exchange. */
export type Misbehaviour =
  /** The meter does not receive the request. */
  | { readonly kind: "lose_request" }
  /** The meter executes the request, but its answer is lost. */
  | { readonly kind: "lose_answer" }
  /** The answer starts `ms` late; other meters answer in the meantime. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The CRC of the answer is wrong. */
  | { readonly kind: "bad_crc" }
  /** Only the first `bytes` bytes of the answer arrive. */
  | { readonly kind: "short"; readonly bytes: number }
  /** The answer has another unit id, with a correct CRC. */
  | { readonly kind: "wrong_unit"; readonly unit: number }
  /** `bytes` arrive right before the answer. */
  | { readonly kind: "noise"; readonly bytes: Uint8Array }
  /** The meter does not execute the request, and answers with this exception. */
  | { readonly kind: "exception"; readonly exception: number }
  /** These bytes arrive instead of the answer; the meter executes the request. */
  | { readonly kind: "foreign"; readonly bytes: Uint8Array };

/** Which requests are affected; an absent value matches any request. */
export interface RequestMatch {
  readonly unit?: number;
  /** First register of the request. */
  readonly address?: number;
  readonly kind?: "read" | "write";
  /** @default 1 */
  readonly times?: number;
}

/** An active misbehaviour. */
export interface Scripted {
  /** Number of affected requests. */
  readonly hits: number;
  cancel(): void;
}
