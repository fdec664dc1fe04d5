/** The verdict on a record: three separate answers and the reasons in words. */
export interface Verification {
  /**
   * `valid`: signed by the key over exactly these bytes; `invalid`: not; `unverifiable`: no key, or a curve that is not
   * known; `malformed`: not an OCMF record.
   */
  readonly signature: "valid" | "invalid" | "unverifiable" | "malformed";
  /** Whether the record states one whole session; `unknown` where it does not state enough. */
  readonly session: "ok" | "violated" | "unknown";
  /** `first_seen`: no key of this meter is known yet; `pinned`: it is the known one; `changed`: it is another. */
  readonly key: "pinned" | "first_seen" | "changed";
  /** One sentence for each thing that is wrong, and for each to look at before the record is billed. */
  readonly problems: readonly string[];
}

/** What is known from elsewhere, for the verdicts on session and key. Each is optional: absent is not checked. */
export interface Expected {
  /** Id that must stand behind the last `<=>` of the tariff text. */
  readonly transactionId?: string;
  /** Serial number of the meter, without the year of production. */
  readonly serialNumber?: string;
  /** Number of the last transaction record of this meter (41 for `T41`). */
  readonly lastPagination?: number;
  /** Public key of this meter that was seen first, hex in any accepted form. */
  readonly pinnedKey?: string;
}
