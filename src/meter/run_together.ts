import { LinkedAbort } from "../base/waits.ts";
import { type PollEnd, pollEndOf } from "./poll_end.ts";

/** Runs until its signal is aborted, unless it has a reason to end the polling. */
export type PollTask = (signal: AbortSignal) => Promise<PollEnd | void>;

/**
 * Runs `tasks` side by side until `signal` is aborted, or one of them throws or returns why it ends. Then the signal
 * that each task is given is aborted, and all tasks are awaited.
 *
 * @returns the first end; undefined when `signal` was aborted
 */
export async function runTogether(
  signal: AbortSignal,
  tasks: readonly PollTask[],
): Promise<PollEnd | undefined> {
  using ending = new LinkedAbort(signal);
  let first: PollEnd | undefined;
  const end = (cause: PollEnd) => {
    if (!ending.signal.aborted) first = cause;
    ending.abort();
  };
  await Promise.all(tasks.map(async (task) => {
    try {
      const cause = await task(ending.signal);
      if (cause !== undefined) end(cause);
    } catch (failure) {
      end(pollEndOf(failure));
    }
  }));
  return first;
}
