/** One mistake in a configuration file. */
export interface Problem {
  /** Path of the file, as given. */
  readonly file: string;
  /** Number of the line; the first is 1. */
  readonly line: number;
  /** Number of the character in the line; the first is 1. */
  readonly column: number;
  /** Path of the key: `lines[0].meters[1].name`; empty for the whole file. */
  readonly key: string;
  /** What the file contains; never the value of a password or a token. */
  readonly found: string;
  /** What is allowed. */
  readonly allowed: string;
  /** All of the above in one sentence. */
  readonly message: string;
}

/** `syntax`: the text is not YAML, so nothing else was checked; `invalid`: YAML, but not a valid configuration. */
export const configErrorCodes = ["syntax", "invalid"] as const;

/** One of {@linkcode configErrorCodes}. */
export type ConfigErrorCode = typeof configErrorCodes[number];

/** An invalid file, with all its mistakes in the order of the file. */
export class ConfigError extends Error {
  /** Identifies this class of errors. */
  override readonly name = "ConfigError";

  /**
   * Creates an error from the problems of a file; its message has one line for each.
   *
   * @param code the kind of mistakes
   * @param problems one or more
   */
  constructor(readonly code: ConfigErrorCode, readonly problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map((problem) => problem.message).join("\n"), options);
  }
}
