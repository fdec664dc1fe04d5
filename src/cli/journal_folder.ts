import { errorText } from "../base/log.ts";
import type { Settings } from "../config/mod.ts";
import { JournalError, type JournalErrorCode, type JournalReader, openJournalReader } from "../journal/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { readSettings } from "./read_settings.ts";
import { lines } from "./safe_text.ts";

/** Where a journal is: exactly one of the two. */
export interface JournalPlace {
  /** State folder. */
  readonly stateDir?: string | undefined;
  /** Configuration file that names it. */
  readonly config?: string | undefined;
}

/** Failures that are there before anything is done. */
const unusable: readonly JournalErrorCode[] = [
  "not_found",
  "permission_denied",
  "open_failed",
  "newer_schema",
  "older_schema",
  "exists",
  "unusable_backup",
];

/**
 * Does something with the state folder that is named; `work` gets the configuration as well, where that named it.
 *
 * @returns the exit code of `work`; 2 when no folder can be told from the arguments or its journal cannot be used, 1
 * when the journal fails on the way
 */
export async function withStateFolder(
  { stateDir, config }: JournalPlace,
  io: Pick<Io, "err" | "env">,
  work: (stateDir: string, settings: Settings | undefined) => number | Promise<number>,
): Promise<number> {
  if ((stateDir === undefined) === (config === undefined)) {
    io.err(lines("name the journal by either --state-dir or --config"));
    return exitCode.usage;
  }
  const settings = config === undefined ? undefined : await readSettings(config, io);
  const folder = stateDir ?? settings?.stateDir;
  if (folder === undefined) return exitCode.usage;
  try {
    return await work(folder, settings);
  } catch (error) {
    return journalFailure(error, io);
  }
}

/** Reads the journal that is named; see {@linkcode withStateFolder}. */
export function withJournal(
  place: JournalPlace,
  io: Pick<Io, "err" | "env">,
  work: (journal: JournalReader, settings: Settings | undefined) => number | Promise<number>,
): Promise<number> {
  return withStateFolder(place, io, async (stateDir, settings) => {
    const journal = openJournalReader(stateDir);
    try {
      return await work(journal, settings);
    } finally {
      journal.close();
    }
  });
}

/** Says what is wrong with a journal. @returns the exit code */
export function journalFailure(error: unknown, io: Pick<Io, "err">): number {
  if (!(error instanceof JournalError)) throw error;
  io.err(lines(errorText(error)));
  return unusable.includes(error.code) ? exitCode.usage : exitCode.failed;
}
