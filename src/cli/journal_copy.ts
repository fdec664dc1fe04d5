import { countText } from "../base/text.ts";
import { backupJournal, type RestoredJournal, restoreJournal } from "../journal/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { type JournalLocation, withStateFolder } from "./journal_folder.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** The backup file, and options. */
export interface JournalCopyArguments extends JournalLocation {
  /** The backup. */
  readonly file: string;
  readonly force: boolean;
  readonly json: boolean;
}

type CopyIo = Pick<Io, "out" | "err" | "env">;

/**
 * Copies the journal to a file. The service may run.
 *
 * @returns the exit code: 0 done, 1 the file could not be written, 2 there is no journal, or the file exists
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
 * Replaces the journal with a backup and keeps the old journal beside it. A missing folder is created and reported,
 * because its name may be a typing error.
 *
 * @returns the exit code: 0 done, 1 the service runs, or the journal has data that is missing in the backup, 2 the file
 * is not a backup
 */
export function journalRestore(args: JournalCopyArguments, io: CopyIo): Promise<number> {
  return withStateFolder(args, io, (stateDir) => {
    const isNew = isAbsent(stateDir);
    const restored = restoreJournal(stateDir, args.file, { force: args.force, now: Date.now });
    if (isNew) io.err(lines(`The state folder ${stateDir} did not exist and was created`));
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
  const texts = [
    `Restored ${countText(records, "record")}. The service publishes the ${undelivered} undelivered ones when it runs`,
  ];
  if (replaced !== undefined) texts.push(`The previous journal is kept as ${replaced}`);
  if (replaced !== undefined && left === undefined) {
    texts.push(
      "It is damaged: records that only it holds cannot " +
        "be determined",
    );
  }
  if (left !== undefined && left.records + left.transactions > 0) {
    texts.push(
      `Only in the previous journal: ${countText(left.records, "record")}, ${left.undelivered} undelivered; ` +
        countText(left.transactions, "changed transaction"),
    );
  }
  return texts;
}
