/** What is checked. */
export const checks = [
  "service",
  "device",
  "permissions",
  "latency timer",
  "clock",
  "credentials",
  "broker",
  "jetstream",
  "streams",
  "rights",
  "disk",
  "journal",
  "metrics",
  "web",
  "everest",
] as const;

/** One of {@linkcode checks}. */
export type Check = typeof checks[number];

/** `problem`: something does not work, or data is in danger. `unknown`: it could not be checked. */
export type FindingState = "ok" | "warning" | "problem" | "unknown";

/** The result of one check. */
export interface Finding {
  readonly check: Check;
  readonly state: FindingState;
  /** What was found. */
  readonly found: string;
  /** What to do; absent: nothing. */
  readonly repair?: string;
}

/** Makes the findings of one check. */
export class Findings {
  readonly #check: Check;
  readonly #found: Finding[] = [];

  constructor(check: Check) {
    this.#check = check;
  }

  /** All findings so far. */
  get all(): readonly Finding[] {
    return this.#found;
  }

  /** As it should be. */
  ok(found: string): this {
    return this.#add("ok", found);
  }

  /** Works, but not as well or as safely as it could, or not for long. */
  warning(found: string, repair: string): this {
    return this.#add("warning", found, repair);
  }

  /** Something does not work, or data is in danger. */
  problem(found: string, repair: string): this {
    return this.#add("problem", found, repair);
  }

  /** It could not be checked. */
  unknown(found: string, repair?: string): this {
    return this.#add("unknown", found, repair);
  }

  #add(state: FindingState, found: string, repair?: string): this {
    this.#found.push({ check: this.#check, state, found, ...(repair === undefined ? {} : { repair }) });
    return this;
  }
}
