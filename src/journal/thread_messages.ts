import type { DamagedJournal } from "./rebuild.ts";
import { JournalError, type JournalErrorCode } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import type { JournalWrite } from "./live_journal.ts";
import type { WriterState } from "./writer.ts";

/** The first message to the thread of a journal. */
export interface ThreadStart {
  readonly stateDir: string;
  /** Wall clock, for the new name of a damaged file. */
  readonly nowMs: number;
  /** The port for all further messages. */
  readonly port: MessagePort;
  /** The thread waits at each step of a write until the main thread stores 1 here. */
  readonly gate: Int32Array | undefined;
}

/** A request to the thread. */
export interface ThreadRequest {
  readonly id: number;
  /** `close` ends the thread. */
  readonly name: JournalWrite | "close";
  readonly args: readonly unknown[];
}

/** A message from the thread. */
export type ThreadMessage =
  | {
    readonly kind: "opened";
    readonly path: string;
    readonly damaged: DamagedJournal | undefined;
    readonly invalidLog: string | undefined;
  }
  | { readonly kind: "refused"; readonly failure: ThreadFailure }
  | { readonly kind: "done"; readonly id: number; readonly state: WriterState; readonly result: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly state: WriterState; readonly failure: ThreadFailure }
  | { readonly kind: "failpoint"; readonly step: Parameters<JournalFailpoint> };

/** A `JournalError` as a message between threads. */
export interface ThreadFailure {
  readonly code: JournalErrorCode;
  readonly message: string;
  readonly cause: string | undefined;
}

/** Converts an error of the journal to a message. */
export function toFailure(error: unknown): ThreadFailure {
  if (!(error instanceof JournalError)) return { code: "write_failed", message: String(error), cause: undefined };
  const { code, message, cause } = error;
  return { code, message, cause: cause instanceof Error ? cause.message : undefined };
}

/** Converts a message back to the error. */
export function toError({ code, message, cause }: ThreadFailure): JournalError {
  return new JournalError(code, message, cause === undefined ? undefined : { cause: new Error(cause) });
}
