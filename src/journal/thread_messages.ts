import type { DamagedJournal } from "./rebuild.ts";
import { JournalError, type JournalErrorCode } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import type { JournalWrite } from "./live_journal.ts";
import type { WriterState } from "./writer.ts";

/** What the thread of a journal begins with. */
export interface ThreadStart {
  readonly stateDir: string;
  /** Wall clock, for the name of a damaged file. */
  readonly nowMs: number;
  /** Where all further messages pass. */
  readonly port: MessagePort;
  /** Holds the thread at each step of a write until the other side has stored 1 in it. */
  readonly gate: Int32Array | undefined;
}

/** What is asked of the thread. */
export interface ThreadRequest {
  readonly id: number;
  /** `close` ends the thread. */
  readonly name: JournalWrite | "close";
  readonly args: readonly unknown[];
}

/** What the thread says. */
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

/** A `JournalError` between threads. */
export interface ThreadFailure {
  readonly code: JournalErrorCode;
  readonly message: string;
  readonly cause: string | undefined;
}

/** An error of the journal as it passes between threads. */
export function toFailure(error: unknown): ThreadFailure {
  if (!(error instanceof JournalError)) return { code: "write_failed", message: String(error), cause: undefined };
  const { code, message, cause } = error;
  return { code, message, cause: cause instanceof Error ? cause.message : undefined };
}

/** The error that a failure of the other thread stands for. */
export function toError({ code, message, cause }: ThreadFailure): JournalError {
  return new JournalError(code, message, cause === undefined ? undefined : { cause: new Error(cause) });
}
