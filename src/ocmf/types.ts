/** The verification of a record: three separate verdicts, and the problems as text. */
export interface Verification {
  /**
   * `valid`: the key signed exactly these bytes; `invalid`: it did not; `unverifiable`: no key, or an unknown curve;
   * `malformed`: not an OCMF record.
   */
  readonly signature: "valid" | "invalid" | "unverifiable" | "malformed";
  /** Whether the record contains one complete session; `unknown` if it does not contain enough data. */
  readonly session: "ok" | "violated" | "unknown";
  /** `first_seen`: no key of this meter is known yet; `pinned`: the known key; `changed`: a different key. */
  readonly key: "pinned" | "first_seen" | "changed";
  /** One sentence for each problem, and for each remark to check before billing. */
  readonly problems: readonly string[];
}

/** Known facts for the verdicts on session and key. Each is optional; an absent fact is not checked. */
export interface Expected {
  /** Expected id after the last `<=>` of the tariff text. */
  readonly transactionId?: string;
  /** Serial number of the meter, without the year of production. */
  readonly serialNumber?: string;
  /** Number of the last transaction record of this meter (41 for `T41`). */
  readonly lastPagination?: number;
  /** First public key of this meter, in any accepted form. */
  readonly pinnedKey?: string;
}
