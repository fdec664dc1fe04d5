/** One mistake in a configuration file. */
export interface Problem {
  /** The file's path, as it was given. */
  readonly file: string;
  /** 1 for the first line. */
  readonly line: number;
  /** 1 for the first character of a line. */
  readonly column: number;
  /** Path of the key, `lines[0].meters[1].name`; empty for the file as a whole. */
  readonly key: string;
  /** What stands there; never the value of a password or a token. */
  readonly found: string;
  /** What may stand there. */
  readonly allowed: string;
  /** All of the above in one sentence. */
  readonly message: string;
}

/** A file that gives no settings: all of its mistakes, in the order of the file. */
export class ConfigError extends Error {
  /** Tells this class from other errors. */
  override readonly name = "ConfigError";

  /**
   * Collects the problems of a file; the message is theirs, a line each.
   *
   * @param code `syntax`: cannot be read as YAML, so that nothing else was looked at; `invalid`: YAML, but not a
   * configuration
   * @param problems one or more
   */
  constructor(readonly code: "syntax" | "invalid", readonly problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map((problem) => problem.message).join("\n"), options);
  }
}
