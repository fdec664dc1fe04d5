/** The three verdicts of a record, and what is wrong with it. */
export interface ShownVerification {
  readonly signature: string;
  readonly session: string;
  readonly key: string;
  readonly problems: readonly string[];
}

/** An identification without what identifies a person. */
export interface ShownIdentification {
  readonly type?: string;
  readonly level?: string;
  /** What is shown in place of the identification; the identification itself in a record that a person has opened. */
  readonly masked: string;
}

/** One record of a charging session, as a row of a table. */
export interface SessionRow {
  /** Number of the message in the stream of records. */
  readonly seq: number;
  /** `Nats-Msg-Id` of the record; without one, its number. */
  readonly id: string;
  /** Equal for copies of the record: they have the same `id` and the same text. */
  readonly copyKey: string;
  readonly site: string;
  readonly meter: string;
  readonly evseId?: string;
  readonly transactionId?: string;
  /** RFC 3339. */
  readonly beginAt?: string;
  /** RFC 3339. */
  readonly endAt?: string;
  /** When the record was read from its meter, RFC 3339. */
  readonly readAt: string;
  /** In seconds. */
  readonly durationS?: number;
  /** Energy of the session in watt-hours, as an exact decimal number. */
  readonly energyWh?: string;
  readonly verification: ShownVerification;
  /** Why the record was made. */
  readonly reason: string;
  readonly tariffText?: string;
  readonly timeQuality?: string;
  readonly identification?: ShownIdentification;
}

/** Which records a table shows. All conditions apply together. */
export interface SessionQuery {
  /** Only records that were read at this time or later, RFC 3339. */
  readonly from?: string;
  /** Only records that were read before this time, RFC 3339. */
  readonly to?: string;
  readonly site?: string;
  readonly meter?: string;
  readonly evse?: string;
  readonly transaction?: string;
  readonly verdict?: string;
  /** Only records with a lower `seq`: the continuation of a page. */
  readonly before?: number;
  /** Only records with a higher `seq`: those that are new since a page. */
  readonly after?: number;
  /** Maximum number of rows. */
  readonly limit?: number;
}

/** Rows of a table, newest first. A search of many records has several pages, some of them without rows. */
export interface SessionPage {
  readonly rows: readonly SessionRow[];
  /** `before` of the next page; undefined: there are no more records. */
  readonly before?: number;
  /** Whether the search is at its end. */
  readonly isComplete: boolean;
  /** Number of records that the server read for this page. */
  readonly searched: number;
  /** When the oldest of them was stored, RFC 3339. */
  readonly searchedTo?: string;
  /** `seq` of the last record in the stream, for `after`; 0: there is none. */
  readonly newest: number;
}
