import { Line } from "../line/mod.ts";
import { errorText, type Log } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import type { LineSettings, MeterSettings, Settings } from "../config/mod.ts";
import { LocalJournal, openJournal } from "../journal/mod.ts";
import { Meter, type OcmfState } from "../meter/mod.ts";
import { MeterTransactions } from "../transaction/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { journalFailure } from "./journal_folder.ts";
import { recordObject, recordText, verificationOf } from "./journal_record.ts";
import { lineLog } from "./log_sink.ts";
import { readSettings } from "./read_settings.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** The meter whose record to fetch. */
export interface JournalFetchArguments {
  /** Configuration file. */
  readonly config: string;
  /** Name of the meter, or a unique beginning of it. */
  readonly meter: string;
  readonly json: boolean;
}

type FetchIo = Pick<Io, "out" | "err" | "env" | "interrupted">;

/** The objects that a fetch uses. */
interface FetchContext {
  readonly meter: Meter;
  readonly journal: LocalJournal;
  readonly publicKeyFormat: MeterSettings["publicKeyFormat"];
  readonly json: boolean;
  readonly io: FetchIo;
  readonly log: Log;
}

/**
 * Fetches the OCMF file that a meter holds, without NATS and while the service is stopped. Stores it durably, verifies
 * it, and only then lets the meter erase it. The service publishes it after its next start. A running transaction
 * continues.
 *
 * @returns the exit code: 0 a valid record was fetched, or there is none, 1 a transaction is running, the meter gave no
 * usable answer, the record is invalid, or another process uses the state folder, 2 the configuration cannot be used or
 * the meter is unknown, 3 the device of the line cannot be opened, 130 interrupted
 */
export async function journalFetch(args: JournalFetchArguments, io: FetchIo): Promise<number> {
  const settings = await readSettings(args.config, io);
  if (settings === undefined) return exitCode.usage;
  const [found, ...others] = find(settings, args.meter);
  if (found === undefined || others.length > 0) {
    const problem = found === undefined ? `Unknown meter ${args.meter}` : `Several meters begin with ${args.meter}`;
    io.err(lines(`${problem}: ${args.config} has ${metersOf(settings).map(({ meter }) => meter.name).join(", ")}`));
    return exitCode.usage;
  }
  let journal: LocalJournal;
  try {
    journal = new LocalJournal(openJournal(settings.stateDir, { now: systemTime.now }));
  } catch (error) {
    return journalFailure(error, io);
  }
  const log = lineLog({ ...settings.log, level: "warn" }, io.err, Date.now);
  if (journal.damaged !== undefined) log.error("Moved a damaged journal aside", { ...journal.damaged });
  try {
    return await fetchOverLine(found, journal, args.json, log, io);
  } finally {
    journal.close();
  }
}

interface PlacedMeter {
  readonly line: LineSettings;
  readonly meter: MeterSettings;
}

function metersOf(settings: Settings): PlacedMeter[] {
  return settings.lines.flatMap((line) => line.meters.map((meter) => ({ line, meter })));
}

/** The meters that a user may mean: the one with this name alone, otherwise all whose names begin with it. */
function find(settings: Settings, name: string): PlacedMeter[] {
  const matching = name === "" ? [] : metersOf(settings).filter(({ meter }) => meter.name.startsWith(name));
  const exact = matching.filter(({ meter }) => meter.name === name);
  return exact.length > 0 ? exact : matching;
}

async function fetchOverLine(
  { line: lineSettings, meter: settings }: PlacedMeter,
  journal: LocalJournal,
  json: boolean,
  log: Log,
  io: FetchIo,
): Promise<number> {
  const line = new Line(lineSettings, { time: systemTime });
  try {
    const failure = await line.start();
    if (failure !== undefined) {
      io.err(lines(`Cannot open line ${lineSettings.name}: ${errorText(failure)}`));
      return exitCode.unreachable;
    }
    const meter = newMeter(settings, lineSettings.name, line, log);
    try {
      const { publicKeyFormat } = settings;
      return await fetchFrom({ meter, journal, publicKeyFormat, json, io, log });
    } finally {
      await meter.stop();
    }
  } finally {
    await line.close();
  }
}

/** Creates a meter with few retries and little polling. Its clock is not set. */
function newMeter(settings: MeterSettings, lineName: string, line: Line, log: Log): Meter {
  return new Meter(
    {
      ...settings,
      lineName,
      initialConnectionRetryCount: settings.communicationRetryCount,
      initialConnectionRetryDelayMs: settings.communicationRetryDelayMs,
      publishSignedValues: "never",
      maySetClock: () => false,
    },
    line,
    { time: systemTime, log },
  );
}

/** Waits until setup succeeded or failed. An interruption ends the setup, but not the steps after it. */
async function setUp(meter: Meter, interrupted: AbortSignal): Promise<void> {
  const stop = () => void meter.stop();
  interrupted.addEventListener("abort", stop, { once: true });
  meter.start();
  await meter.triedOnce;
  interrupted.removeEventListener("abort", stop);
}

async function fetchFrom(context: FetchContext): Promise<number> {
  const { meter, io } = context;
  await setUp(meter, io.interrupted);
  if (io.interrupted.aborted) return exitCode.interrupted;
  if (meter.identity?.billing.able === false) {
    io.err(lines(`Meter ${meter.name} cannot bill: ${meter.identity.billing.reason}`));
    return exitCode.failed;
  }
  // The log already has the reason why the meter is not online
  if (meter.state !== "online") return exitCode.failed;
  let state: OcmfState;
  try {
    state = await meter.exclusive(() => meter.readOcmfState());
  } catch (error) {
    io.err(lines(`Cannot read the OCMF state of meter ${meter.name}: ${errorText(error)}`));
    return exitCode.failed;
  }
  if (state === "NOT_READY") {
    io.err(lines(`Meter ${meter.name} holds no record`));
    return exitCode.done;
  }
  if (state === "RUNNING") {
    io.err(lines(
      `A transaction is running on meter ${meter.name} and continues. Start the service and stop the ` +
        "transaction there",
    ));
    return exitCode.failed;
  }
  return await fetchFile(context);
}

/** A stop without an id fetches any record that the meter holds. It fails if that is impossible. */
async function fetchFile({ meter, journal, publicKeyFormat, json, io, log }: FetchContext): Promise<number> {
  const transactions = new MeterTransactions({ meter, journal, publicKeyFormat, time: systemTime, log });
  let failure: unknown;
  try {
    await transactions.stop("");
  } catch (error) {
    failure = error;
  }
  await transactions.close();
  let code: number = exitCode.failed;
  for await (const event of transactions.events) {
    const record = event.kind === "record" ? journal.record(event.seq) : undefined;
    if (record === undefined) continue;
    io.out(json ? jsonLine(recordObject(record)) : lines(...recordText(record)));
    const { signature, session } = verificationOf(record);
    if (signature === "valid" && session !== "violated") code = exitCode.done;
  }
  if (failure !== undefined) return exitCode.failed;
  if (await holdsNothing(meter)) return code;
  io.err(lines(
    `The record is stored, but its confirmation to meter ${meter.name} failed. Fetch again, or start ` +
      "the service",
  ));
  return exitCode.failed;
}

async function holdsNothing(meter: Meter): Promise<boolean> {
  try {
    return await meter.exclusive(() => meter.readOcmfState()) === "NOT_READY";
  } catch {
    return false;
  }
}
