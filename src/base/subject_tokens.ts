/** One token of a subject. */
export const subjectToken = {
  pattern: /^[A-Za-z0-9_-]+$/,
  /** For messages. */
  allowed: "one token of letters, digits, - and _",
} as const;

/** The first tokens of all subjects. */
export const subjectPrefix = {
  pattern: /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/,
  /** For messages. */
  allowed: "tokens of letters, digits, - and _, joined by dots",
} as const;
