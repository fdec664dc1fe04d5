import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { LineSettings } from "../config/mod.ts";
import type { IntervalStore } from "../interval/mod.ts";
import type { LiveJournal } from "../journal/mod.ts";
import type { Line } from "../line/mod.ts";
import type { Spool } from "../spool/mod.ts";

/** What lines and meters need from the service. */
export interface StationParts {
  readonly journal: LiveJournal;
  readonly time: Time;
  readonly log: Log;
  /** Whether the clocks of meters may be set. */
  readonly maySetClock: () => boolean;
  /** Where intervals are stored. @default nowhere: meters have no intervals */
  readonly intervals?: IntervalStore | undefined;
  /** Readings that an earlier process has not delivered. @default none */
  readonly spool?: Pick<Spool, "since"> | undefined;
  /** Whether the clock of this machine is synchronised; undefined: unknown. @default unknown */
  readonly clockSynchronised?: (() => boolean | undefined) | undefined;
  /** Called when a meter reports that the journal cannot be written. */
  readonly onJournalFailed: () => void;
  /** Awaited at each step of a transaction. @default nothing */
  readonly failpoint?: ((name: string, detail?: string) => void | Promise<void>) | undefined;
  /** Creates a line. @default with the device or gateway of its settings */
  readonly newLine?: ((settings: LineSettings) => Line) | undefined;
}
