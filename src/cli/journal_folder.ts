import { errorText } from "../base/log.ts";
import type { Settings } from "../config/mod.ts";
import { JournalError, type JournalErrorCode, type JournalReader, openJournalReader } from "../journal/mod.ts";
import { installedConfig } from "./installed_config.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";
import { noLocation } from "./state_folder.ts";

/** Location of a journal: one of the two. @default the configuration of the installed package */
export interface JournalLocation {
  /** State folder. */
  readonly stateDir?: string | undefined;
  /** Configuration file that names the state folder. */
  readonly config?: string | undefined;
}

/** Failures before any change. */
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
 * Runs `work` with the state folder, and with the configuration if that names the folder.
 *
 * @returns the exit code of `work`; 2 if the arguments do not determine a folder or its journal cannot be used, 1 if
 * the journal fails later
 */
export async function withStateFolder(
  { stateDir, config: named }: JournalLocation,
  io: Pick<Io, "err" | "env">,
  work: (stateDir: string, settings: Settings | undefined) => number | Promise<number>,
): Promise<number> {
  if (stateDir !== undefined && named !== undefined) {
    io.err(lines("Give only one of --config and --state-dir"));
    return exitCode.usage;
  }
  const config = named ?? (stateDir === undefined ? installedConfig() : undefined);
  if (config === undefined && stateDir === undefined) {
    io.err(lines(noLocation));
    return exitCode.usage;
  }
  const settings = config === undefined ? undefined : await settingsIn(config, io);
  const folder = stateDir ?? settings?.stateDir;
  if (folder === undefined) return exitCode.usage;
  try {
    return await work(folder, settings);
  } catch (error) {
    return journalFailure(error, io);
  }
}

/** The code of the configuration takes long to load, so it is loaded only when it is needed. */
async function settingsIn(config: string, io: Pick<Io, "err" | "env">): Promise<Settings | undefined> {
  const { readSettings } = await import("./read_settings.ts");
  return await readSettings(config, io);
}

/** Runs `work` with a reader of the journal; see {@linkcode withStateFolder}. */
export function withJournal(
  location: JournalLocation,
  io: Pick<Io, "err" | "env">,
  work: (journal: JournalReader, settings: Settings | undefined) => number | Promise<number>,
): Promise<number> {
  return withStateFolder(location, io, async (stateDir, settings) => {
    const journal = openJournalReader(stateDir);
    try {
      return await work(journal, settings);
    } finally {
      journal.close();
    }
  });
}

/** Prints what is wrong with a journal. @returns the exit code */
export function journalFailure(error: unknown, io: Pick<Io, "err">): number {
  if (!(error instanceof JournalError)) throw error;
  io.err(lines(errorText(error)));
  return unusable.includes(error.code) ? exitCode.usage : exitCode.failed;
}
