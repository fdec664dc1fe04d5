import { backupJournal, type RestoredJournal, restoreJournal } from "../journal/mod.ts";
import { countText } from "./count_text.ts";
import { exitCode, type Io } from "./io.ts";
import { type JournalPlace, withStateFolder } from "./journal_folder.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** Which file, and how. */
export interface JournalCopyArguments extends JournalPlace {
  /** The backup. */
  readonly file: string;
  readonly force: boolean;
  readonly json: boolean;
}

type CopyIo = Pick<Io, "out" | "err" | "env">;

/**
 * Copies the journal to a file, also while the service runs.
 *
 * @returns the exit code: 0 done, 1 it could not be written, 2 there is no journal, or the file is there already
 */
export function journalBackup(args: JournalCopyArguments, io: CopyIo): Promise<number> {
  return withStateFolder(args, io, (stateDir) => {
    const { records, undelivered } = backupJournal(stateDir, args.file, args);
    io.out(
      args.json
        ? jsonLine({ file: args.file, records, undelivered })
        : lines(`${args.file}: ${countText(records, "record")}, ${undelivered} undelivered`),
    );
    return exitCode.done;
  });
}

/**
 * Puts a backup in the place of the journal, which is kept beside it. A folder that is not there is made, and told of: it
 * may be a slip.
 *
 * @returns the exit code: 0 done, 1 a service runs, or the journal holds what the backup lacks, 2 the file is no backup
 */
export function journalRestore(args: JournalCopyArguments, io: CopyIo): Promise<number> {
  return withStateFolder(args, io, (stateDir) => {
    const isNew = isAbsent(stateDir);
    const restored = restoreJournal(stateDir, args.file, { force: args.force, now: Date.now });
    if (isNew) io.err(lines(`the state folder ${stateDir} was not there: created`));
    io.out(args.json ? jsonLine(restored) : lines(...restoredText(restored)));
    return exitCode.done;
  });
}

function isAbsent(path: string): boolean {
  try {
    Deno.statSync(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function restoredText({ records, undelivered, replaced, left }: RestoredJournal): string[] {
  const told = [
    `restored ${countText(records, "record")}; what is undelivered (${undelivered}) is published when the service runs`,
  ];
  if (replaced !== undefined) told.push(`the journal that was there is kept as ${replaced}`);
  if (replaced !== undefined && left === undefined) told.push("it is damaged: what only it holds cannot be told");
  if (left !== undefined && left.records + left.transactions > 0) {
    told.push(
      `only there: ${countText(left.records, "record")}, ${left.undelivered} undelivered; ` +
        countText(left.transactions, "changed transaction"),
    );
  }
  return told;
}
