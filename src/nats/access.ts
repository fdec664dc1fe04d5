import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLogs } from "../base/problem_log.ts";
import type { NodeHealth } from "../health/mod.ts";
import { type Denial, type MissingPermission, missingPermission } from "./missing_permission.ts";
import type { RightsScope } from "./needed_rights.ts";

/** Dependencies of `Access`. */
export interface AccessOptions {
  readonly scope: RightsScope;
  readonly health: Pick<NodeHealth, "raise" | "clear">;
}

interface Refused {
  readonly denial: Denial;
  readonly right: MissingPermission;
  /** Monotonic time in milliseconds of the last refusal. */
  seenAtMs: number;
}

/**
 * Tracks the subjects that the server refuses to this user and raises the fault `AccessDenied`. The server reports each
 * refused subscription and each refused message, but it never reports a success. A refusal ends when the subject is
 * known to work, or when everything was retried and the refusal did not come again.
 */
export class Access {
  readonly #options: AccessOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #refused = new Map<string, Refused>();
  readonly #problemLogs: ProblemLogs<string>;
  readonly #closing = new AbortController();
  #isPublishing = false;

  constructor(options: AccessOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#problemLogs = new ProblemLogs(log, time);
  }

  /** A sentence for each permission that is missing, with the line to add. */
  get problems(): string[] {
    const rights = new Map<string, { readonly right: MissingPermission; readonly subjects: string[] }>();
    for (const { denial, right } of this.#refused.values()) {
      const known = rights.get(right.line);
      if (known === undefined) rights.set(right.line, { right, subjects: [denial.subject] });
      else known.subjects.push(denial.subject);
    }
    return [...rights.values()].map(({ right, subjects }) => right.text(named(subjects)));
  }

  /** Subjects on which we may not publish. */
  get unpublished(): string[] {
    return [...this.#refused.values()].filter(({ denial }) => denial.operation === "publish")
      .map(({ denial }) => denial.subject);
  }

  /** Call it when the server refuses a subject. */
  denied(denial: Denial): void {
    const right = missingPermission(denial, this.#options.scope);
    if (right === undefined) {
      this.#log.debug("NATS refuses a subject that the service does not need", { ...denial });
      return;
    }
    this.#refused.set(keyOf(denial, right), { denial, right, seenAtMs: this.#time.mono() });
    this.#problemLogs.of(right.line).failed("NATS refuses a subject; a permission is missing", { add: right.line });
    void this.#publishSoon();
  }

  /** Call it when the server is known to accept these subjects. */
  allowed(denials: Iterable<Denial>): void {
    if (this.#refused.size === 0) return;
    for (const denial of denials) {
      const right = missingPermission(denial, this.#options.scope);
      if (right !== undefined) this.#remove(keyOf(denial, right));
    }
  }

  /** Everything was retried: removes the refusals that are older than `sinceMs` of monotonic time. */
  forget(sinceMs: number): void {
    for (const [key, { seenAtMs }] of this.#refused) if (seenAtMs < sinceMs) this.#remove(key);
  }

  /** Removes the refusals of subjects that begin with `root`: they are not used any more. */
  withdraw(root: string): void {
    for (const [key, { denial }] of this.#refused) if (denial.subject.startsWith(root)) this.#remove(key);
  }

  /** Stops. Does not change the fault. */
  close(): void {
    this.#closing.abort();
  }

  #remove(key: string): void {
    const refused = this.#refused.get(key);
    if (refused === undefined) return;
    this.#refused.delete(key);
    const { line } = refused.right;
    if (![...this.#refused.values()].some(({ right }) => right.line === line)) {
      this.#problemLogs.of(line).over("NATS now accepts the subjects that it refused", { added: line });
    }
    void this.#publishSoon();
  }

  /** Refusals arrive one by one. Collects them, so that the fault changes once and names all of them. */
  async #publishSoon(): Promise<void> {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    await this.#time.sleep(gatherMs, this.#closing.signal);
    this.#isPublishing = false;
    if (this.#closing.signal.aborted) return;
    const { problems } = this;
    if (problems.length === 0) this.#options.health.clear("AccessDenied");
    else this.#options.health.raise("AccessDenied", problems.join(". "));
  }
}

const gatherMs = 500;
const maxNamed = 5;

/** Subjects with random parts share one key. */
function keyOf({ operation, subject }: Denial, { line, isAnySubject }: MissingPermission): string {
  return isAnySubject ? line : `${operation} ${subject}`;
}

function named(subjects: readonly string[]): string {
  const rest = subjects.length - maxNamed;
  const first = subjects.slice(0, maxNamed).sort().join(", ");
  return rest > 0 ? `${first} and ${rest} more` : first;
}
