/** The words of an explanation, in one language. */
export interface ExplanationWords {
  /** Meanings of the fields of a payload by their keys, in the order of the explanation. */
  readonly fields: Readonly<Record<string, string>>;
  /** Meanings of ST. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Meanings of TX. */
  readonly marks: Readonly<Record<string, string>>;
  /** Meanings of the flag of TM. */
  readonly times: Readonly<Record<string, string>>;
  /** Meanings of IL. */
  readonly levels: Readonly<Record<string, string>>;
  /** Meanings of verdicts: `signature valid`. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** What a code means that is in none of these tables. */
  readonly unknown: {
    readonly status: string;
    readonly mark: string;
    readonly time: string;
    readonly level: string;
  };
  /** IS. */
  readonly assigned: string;
  readonly notAssigned: string;
  /** After the meaning of PG. */
  readonly ofTransactions: string;
  readonly ofFiscals: string;
  /** After the meaning of TT. */
  readonly forTransaction: (id: string) => string;
  /** A reading without TX. */
  readonly outside: string;
  readonly noStatus: string;
  readonly status: (code: string, meaning: string) => string;
  readonly errorFlags: (flags: string) => string;
  readonly loss: (value: string) => string;
  /** Before the time of a reading. */
  readonly at: string;
  /** Registers by what they count. */
  readonly registers: {
    readonly other: string;
    readonly energy: string;
    readonly import: string;
    readonly export: string;
    /** After the others. */
    readonly compensated: string;
  };
  readonly theRegister: string;
  readonly energy: (register: string) => string;
  readonly duration: string;
  readonly algorithm: string;
  /** After the algorithm, if the record has none. */
  readonly assumed: string;
  readonly signatureData: string;
}
