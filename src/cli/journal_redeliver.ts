import { errorText } from "../base/log.ts";
import { countText } from "../base/text.ts";
import { type Journal, JournalError, openJournal, openJournalReader } from "../journal/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { type JournalLocation, withStateFolder } from "./journal_folder.ts";
import { meantMessages } from "./meant_messages.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** Which records to deliver again: exactly one of the three. */
export interface JournalRedeliverArguments extends JournalLocation {
  /** Delivered, or read from the meter, at this time or later; wall clock in milliseconds. */
  readonly sinceMs?: number | undefined;
  /** Message ids or transaction ids, or unique beginnings of them. */
  readonly ids?: readonly string[] | undefined;
  readonly all?: boolean | undefined;
  readonly json: boolean;
}

type RedeliverIo = Pick<Io, "out" | "err" | "env">;

/**
 * Adds delivered records to the outbox again. The service publishes them when it runs.
 *
 * @returns the exit code: 0 done, 1 the service runs, or an id is ambiguous or of no delivered record, 2 wrong usage, or there is no
 * journal
 */
export function journalRedeliver(args: JournalRedeliverArguments, io: RedeliverIo): Promise<number> {
  const { sinceMs, all, json } = args;
  if ([sinceMs, args.ids, all].filter((choice) => choice !== undefined).length !== 1) {
    io.err(lines("Give exactly one of --since, --id and --all"));
    return Promise.resolve(exitCode.usage);
  }
  return withStateFolder(args, io, (stateDir, settings) => {
    // Do not create a journal in a folder without one: the folder is probably wrong
    const reader = openJournalReader(stateDir);
    let ids: readonly string[] | undefined;
    try {
      ids = args.ids === undefined ? undefined : meantMessages(reader, args.ids, io);
    } finally {
      reader.close();
    }
    if (ids === undefined && args.ids !== undefined) return exitCode.failed;
    let journal: Journal;
    try {
      journal = openJournal(stateDir, { now: Date.now });
    } catch (error) {
      if (!(error instanceof JournalError) || error.code !== "locked") throw error;
      const subject = `${settings?.nats.subjectPrefix ?? "<prefix>"}.${settings?.site ?? "<site>"}._node.redeliver`;
      io.err(lines(
        errorText(error),
        `Send a request to the running service instead: nats request ${subject} ` +
          `'${requestOf(ids, sinceMs)}'`,
      ));
      return exitCode.failed;
    }
    try {
      const unknown = (ids ?? []).filter((id) => journal.redeliver({ messageIds: [id] }) === 0);
      const records = ids === undefined
        ? journal.redeliver(sinceMs === undefined ? { all: true } : { sinceMs })
        : ids.length - unknown.length;
      io.out(
        json ? jsonLine({ records }) : lines(`The service delivers ${countText(records, "record")} again when it runs`),
      );
      for (const id of unknown) io.err(lines(`No delivered record has the message id ${id}`));
      return unknown.length === 0 ? exitCode.done : exitCode.failed;
    } finally {
      journal.close();
    }
  });
}

/** The same choice as a request to a running service. */
function requestOf(ids: readonly string[] | undefined, sinceMs: number | undefined): string {
  if (ids !== undefined) return JSON.stringify({ message_ids: ids });
  return JSON.stringify(sinceMs === undefined ? { all: true } : { since: new Date(sinceMs).toISOString() });
}
