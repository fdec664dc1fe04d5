import { MeterError } from "./errors.ts";

/** Why the polling of a meter has ended. */
export type PollEnd =
  | { readonly kind: "failed"; readonly failure: unknown }
  /** Nothing failed, but what setup found no longer holds. */
  | { readonly kind: "outdated"; readonly reason: string };

/** Why the polling ends after an error: if another meter answers, it is set up at once. */
export function pollEndOf(error: unknown): PollEnd {
  return error instanceof MeterError && error.code === "replaced"
    ? { kind: "outdated", reason: error.message }
    : { kind: "failed", failure: error };
}

/** Ends the polling of a meter from outside. */
export class ExternalPollEnd {
  #resolve: (end: PollEnd) => void = () => {};

  /** Resolves when `end` is called, or with undefined when `signal` is aborted. */
  wait(signal: AbortSignal): Promise<PollEnd | undefined> {
    const { promise, resolve } = Promise.withResolvers<PollEnd | undefined>();
    this.#resolve = resolve;
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
    return promise;
  }

  /** Ends the wait, if there is one. */
  end(end: PollEnd): void {
    this.#resolve(end);
  }
}
