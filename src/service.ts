import { clockSynchronised, NodeHealth } from "./health/mod.ts";
import { Line, watchWrites } from "./line/mod.ts";
import { SerialPoll } from "../bridge/mod.ts";
import { type Log, withFields } from "./base/log.ts";
import { clockProblem } from "./base/machine_clock.ts";
import { newNodeIdentity } from "./base/node_identity.ts";
import { minuteMs, systemTime, type Time } from "./base/time.ts";
import { TroubleLog } from "./base/trouble_log.ts";
import { type LineSettings, type MeterSettings, type Settings, streamsWithLimits } from "./config/mod.ts";
import { keepRetention, type LiveJournal, logNoticesOnce, openLiveJournal, reportOpening } from "./journal/mod.ts";
import { Meter, type MeterEvent, serialNumberIn } from "./meter/mod.ts";
import {
  type LineReport,
  publishMeterEvent,
  publishTransactionEvent,
  TransactionApi,
  type Transport,
} from "./contract/mod.ts";
import { NatsNode } from "./nats/mod.ts";
import { openSpool, type Spool } from "./spool/mod.ts";
import { checkSignedValue, type MeterTransactions, newMeterTransactions } from "./transaction/mod.ts";

/** Dependencies of the service. */
export interface ServiceDeps {
  /** The log. */
  readonly log: Log;
  /**
   * Clocks and timers.
   *
   * @default the clocks and timers of the machine
   */
  readonly time?: Time;
  /**
   * Whether the machine's clock is synchronised; undefined: unknown.
   *
   * @default reads it from the kernel
   */
  readonly clockSynchronised?: () => boolean | undefined;
  /**
   * Called after every step at which a crash matters, so that a test can end the process there. The process stops while
   * it blocks, and the transaction of one meter waits for its promise. `detail` names what the step works on.
   *
   * @default nothing
   */
  readonly failpoint?: ((name: string, detail?: string) => void | Promise<void>) | undefined;
}

/** The dependencies with all defaults filled in. */
interface Deps extends Required<Omit<ServiceDeps, "failpoint">>, Pick<ServiceDeps, "failpoint"> {
  /** Whether the machine's clock is reliable: meter clocks may be set to it, and retention may use it. */
  readonly isClockGood: () => boolean;
}

/** One meter and its transactions, with its settings. */
interface ServiceMeter {
  readonly settings: MeterSettings;
  readonly lineName: string;
  readonly meter: Meter;
  readonly transactions: MeterTransactions;
}

/**
 * The whole service: lines, meters, transactions, journal and NATS, wired together.
 * The documentation of `mod.ts` has an example.
 */
export class Service {
  /** Resolves when NATS is connected and every meter was tried once. */
  readonly ready: Promise<void>;
  readonly #lines: readonly Line[];
  readonly #meters: readonly ServiceMeter[];
  readonly #journal: LiveJournal;
  readonly #spool: Spool;
  readonly #health: NodeHealth;
  readonly #transport: Transport;
  readonly #trouble: TroubleLog;
  readonly #tasks: Promise<void>[] = [];
  readonly #stopping = new AbortController();

  private constructor(settings: Settings, journal: LiveJournal, spool: Spool, deps: Deps) {
    const { log, time, clockSynchronised, isClockGood: maySetClock, failpoint } = deps;
    this.#journal = journal;
    this.#spool = spool;
    this.#trouble = new TroubleLog(log, time, "error");
    const poll = new SerialPoll();
    const lines: Line[] = [];
    const meters: ServiceMeter[] = [];
    for (const lineSettings of settings.lines) {
      const line = new Line(lineSettings, { time, poll, log: withFields(log, { line: lineSettings.name }) });
      lines.push(line);
      lineSettings.meters.forEach((meterSettings, place) => {
        const parts = { line, journal, log, time, failpoint, maySetClock };
        meters.push(newServiceMeter(lineSettings, meterSettings, place, parts));
      });
    }
    this.#lines = lines;
    this.#meters = meters;
    this.#health = newHealth(settings, journal, { log, time, clockSynchronised });
    journal.onReopened = () => void this.#health.check();
    this.#transport = new NatsNode({
      options: { site: settings.site, ...settings.nats, streams: streamsWithLimits(settings) },
      identity: newNodeIdentity(settings.stateDir, log),
      meters: meters.map((served) => ({
        ...served,
        ...served.settings,
        transactions: new TransactionApi(served.transactions),
      })),
      lines: () => this.stats(),
      journal,
      spool,
      health: this.#health,
      time,
      log,
      failpoint,
    });
    this.ready = Promise.all([this.#transport.connected, ...meters.map(({ meter }) => meter.triedOnce)]).then(() => {});
  }

  /**
   * Opens the journal, the lines and the connection, and starts polling. A line that cannot be opened, a meter that
   * does not answer and a missing NATS server are not errors: the service retries.
   *
   * @throws {JournalError} the state folder cannot be used, or another process uses it
   * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
   */
  static async start(settings: Settings, deps: ServiceDeps): Promise<Service> {
    const { log, time = systemTime, clockSynchronised: synchronised = clockSynchronised, failpoint } = deps;
    const { requireSync } = settings.clock;
    const isClockGood = () =>
      clockProblem({ nowMs: time.now(), synchronised: synchronised(), requireSync }) === undefined;
    const parts = { log, time, clockSynchronised: synchronised, isClockGood, failpoint };
    const journal = await openLiveJournal(settings.stateDir, { now: time.now, failpoint });
    reportOpening(journal, log);
    const spool = openSpool({ ...settings.spool, folder: settings.stateDir }, parts);
    try {
      const service = new Service(settings, journal, spool, parts);
      await service.#run();
      const { signal } = service.#stopping;
      service.#tasks.push(
        logNoticesOnce(journal, settings.changedDefaults ?? [], parts),
        keepRetention(journal, settings.journal.retentionDays, { ...parts, signal }),
      );
      return service;
    } catch (error) {
      spool.close();
      await journal.end();
      throw error;
    }
  }

  /** Problems with NATS, each a sentence with the remedy. */
  get problems(): readonly string[] {
    return this.#transport.problems;
  }

  /** Load and exchange counts of each line, in total and for each meter. */
  stats(): LineReport[] {
    return this.#lines.map((line) => ({
      name: line.name,
      state: line.state,
      ...line.stats(),
      meters: this.#meters.filter(({ lineName }) => lineName === line.name).map(({ meter, settings }) => ({
        name: meter.name,
        skippedReadings: meter.skippedCycles,
        ...line.unitStats(settings.unit),
      })),
    }));
  }

  /**
   * Stops cleanly: refuses waiting requests, finishes the current request and exchange, and publishes the status
   * `stopped` for each meter. Records and readings that NATS has not stored stay in the journal and the spool.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#transport.stopServing(), ...this.#meters.map(({ transactions }) => transactions.close())]);
    await Promise.all(this.#meters.map(({ meter }) => meter.stop()));
    this.#health.close();
    await Promise.all(this.#tasks);
    await this.#transport.close();
    await Promise.all(this.#lines.map((line) => line.close()));
    this.#spool.close();
    await this.#journal.end();
  }

  async #run(): Promise<void> {
    this.#transport.start();
    await Promise.all(this.#lines.map((line) => line.start()));
    for (const line of this.#lines) this.#watchLine(line);
    this.#tasks.push(this.#readHealth(), this.#health.watch());
    for (const served of this.#meters) {
      this.#tasks.push(this.#readMeter(served), this.#readTransactions(served));
      served.meter.start();
    }
  }

  async #watchLine(line: Line): Promise<void> {
    for await (const _change of line.changes) this.#transport.publishNodeStatus();
  }

  async #readMeter(served: ServiceMeter): Promise<void> {
    for await (const event of served.meter.events) {
      try {
        this.#onMeterEvent(served, event);
      } catch (error) {
        this.#trouble.failed("Cannot process an event of a meter", { meter: served.meter.name, error: String(error) });
      }
    }
  }

  async #readTransactions({ meter, transactions }: ServiceMeter): Promise<void> {
    for await (const event of transactions.events) publishTransactionEvent(this.#transport, meter.name, event);
  }

  async #readHealth(): Promise<void> {
    for await (const fault of this.#health.events) {
      this.#transport.publishNodeFault(fault);
      if (fault.subType === "JournalFailed" && !fault.active) this.#resume();
      // The verdict of a damaged row is computed again
      if (fault.subType === "JournalDamaged" && this.#journal.damage === undefined) this.#resume();
    }
  }

  /** The journal works again: writes that failed and records that stayed on the meters are retried at once. */
  #resume(): void {
    for (const { meter, transactions } of this.#meters) {
      meter.faults.clear("JournalFailed");
      transactions.recover();
    }
  }

  #onMeterEvent({ meter, transactions, settings }: ServiceMeter, event: MeterEvent): void {
    if (event.kind === "reading" && settings.verifySignedValues) checkSignedValue(meter, event.reading);
    publishMeterEvent(this.#transport, meter.name, event);
    if (event.kind === "identified" || event.kind === "recognised") transactions.recover();
    if (event.kind === "ocmf_state") transactions.observe(event.state);
    if (event.kind === "fault" && event.fault.subType === "JournalFailed") void this.#health.check();
  }
}

function newHealth(
  settings: Settings,
  journal: LiveJournal,
  deps: { log: Log; time: Time; clockSynchronised: () => boolean | undefined },
): NodeHealth {
  return new NodeHealth({
    stateDir: settings.stateDir,
    journal,
    undeliveredMs: settings.journal.alarmUndeliveredMinutes * minuteMs,
    minFreeBytes: settings.journal.alarmFreeMb * 1_000_000,
    requireSync: settings.clock.requireSync,
    ...deps,
  });
}

function newServiceMeter(
  lineSettings: LineSettings,
  meterSettings: MeterSettings,
  place: number,
  { line, journal, log, time, failpoint, maySetClock }: Pick<ServiceDeps, "log" | "failpoint"> & {
    line: Line;
    journal: LiveJournal;
    time: Time;
    maySetClock: () => boolean;
  },
): ServiceMeter {
  const meterLog = withFields(log, { line: lineSettings.name, meter: meterSettings.name });
  const meter = new Meter(
    {
      ...meterSettings,
      lineName: lineSettings.name,
      knownSerialNumber: () => {
        const found = journal.place(meterSettings.name);
        return found && serialNumberIn(found.meterId);
      },
      hasBilled: () =>
        journal.lastTransaction(meterSettings.name) !== undefined ||
        journal.records({ meter: meterSettings.name, limit: 1 }).length > 0,
      gridOffset: place / lineSettings.meters.length,
      maySetClock,
    },
    failpoint === undefined ? line : watchWrites(line, failpoint),
    { time, log: meterLog },
  );
  const { publicKeyFormat } = meterSettings;
  const transactions = newMeterTransactions({ meter, journal, time, log: meterLog, publicKeyFormat }, failpoint);
  return { settings: meterSettings, lineName: line.name, meter, transactions };
}
