import { clockSynchronised, NodeHealth, nodeProblems, NodeValues } from "./health/mod.ts";
import { bySeverity, type HealthProblem } from "./base/health_problem.ts";
import { errorText, type Log } from "./base/log.ts";
import { openKnownMeters } from "./base/known_meters.ts";
import { Mutex } from "./base/mutex.ts";
import { newNodeIdentity } from "./base/node_identity.ts";
import { firstLines } from "./base/text.ts";
import type { StuckLine } from "./base/stuck_line.ts";
import { systemTime, type Time } from "./base/time.ts";
import { type Settings, streamsWithLimits } from "./config/mod.ts";
import { keepRetention, type LiveJournal, logNoticesOnce, openLiveJournal, reportOpening } from "./journal/mod.ts";
import { IntervalStore } from "./interval/mod.ts";
import type { ForgetResult, LineReport, Transport } from "./contract/mod.ts";
import { MetricsPage, type ServiceFigures } from "./metrics/mod.ts";
import { NatsNode } from "./nats/mod.ts";
import { openSpool, type Spool } from "./spool/mod.ts";
import {
  type AcknowledgeableFault,
  compareSettings,
  type ReloadResult,
  reportUnconfigured,
  RestartRequired,
  SettingsInForce,
  Station,
  StationChanges,
} from "./station/mod.ts";

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

/** How long `ready` waits for the first answers of meters. A silent meter is given up much later. */
const firstTryMs = 5_000;

/** The dependencies with all defaults filled in. */
interface Deps extends Required<Omit<ServiceDeps, "failpoint">>, Pick<ServiceDeps, "failpoint"> {
  /** Whether the machine's clock is reliable: meter clocks may be set to it, and retention may use it. */
  readonly isClockGood: () => boolean;
}

/** What the service stores in the state folder. */
type Stores = Readonly<{ journal: LiveJournal; spool: Spool; intervals: IntervalStore }>;

/**
 * The whole service: lines, meters, transactions, journal and NATS, wired together.
 * The documentation of `mod.ts` has an example.
 */
export class Service {
  /** Resolves when NATS is connected and every meter was tried once; silent meters delay it by 5 s at most. */
  readonly ready: Promise<void>;
  /** Resolves when NATS is connected and every meter was tried once, however long a silent meter takes. */
  readonly metersTried: Promise<void>;
  readonly #station: Station;
  readonly #journal: LiveJournal;
  readonly #spool: Spool;
  readonly #intervals: IntervalStore;
  readonly #health: NodeHealth;
  readonly #transport: Transport;
  readonly #time: Time;
  readonly #tasks: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  readonly #changes: StationChanges;
  readonly #reloads = new Mutex();
  readonly #inForce: SettingsInForce;
  readonly #values: NodeValues;
  readonly #metrics: MetricsPage;

  private constructor(inForce: SettingsInForce, { journal, spool, intervals }: Stores, deps: Deps) {
    const { log, time, clockSynchronised, isClockGood: maySetClock, failpoint } = deps;
    const { settings } = inForce;
    this.#inForce = inForce;
    this.#time = time;
    this.#journal = journal;
    this.#spool = spool;
    this.#values = new NodeValues({ stateDir: settings.stateDir, journal, clockSynchronised, time, log });
    this.#metrics = new MetricsPage(() => this.figures(), { log, time });
    this.#intervals = intervals;
    const onJournalFailed = () => void this.#health.check();
    const common = { journal, spool, time, log, failpoint, intervals };
    this.#station = new Station(settings.lines, { ...common, maySetClock, clockSynchronised, onJournalFailed });
    const knownMeters = openKnownMeters(settings.stateDir, `${settings.nats.subjectPrefix}.${settings.site}`, log);
    reportUnconfigured(knownMeters.names, settings.lines, journal, log);
    this.#health = new NodeHealth({
      stateDir: settings.stateDir,
      journal,
      limits: () => inForce.nodeLimits,
      log,
      time,
      clockSynchronised,
    });
    journal.onReopened = () => void this.#health.check();
    this.#transport = new NatsNode({
      options: { site: settings.site, ...settings.nats, streams: streamsWithLimits(settings) },
      streams: () => streamsWithLimits(inForce.settings),
      identity: newNodeIdentity(settings.stateDir, log),
      knownMeters,
      meters: this.#station.served,
      lines: () => this.stats(),
      waitingChanges: () => this.#changes.waiting,
      health: this.#health,
      ...common,
    });
    this.#changes = new StationChanges(this.#station, { transport: this.#transport, journal, log });
    const { connected } = this.#transport;
    this.metersTried = Promise.all([connected, this.#station.metersTried()]).then(() => {});
    const triedOnce = this.#station.triedOnce(firstTryMs, this.#stopping.signal);
    this.ready = Promise.all([connected, triedOnce]).then(() => {});
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
    const inForce = new SettingsInForce(settings);
    const isClockGood = () => inForce.isClockGood(time.now(), synchronised());
    const parts = { log, time, clockSynchronised: synchronised, isClockGood, failpoint };
    const journal = await openLiveJournal(settings.stateDir, { now: time.now, failpoint });
    reportOpening(journal, log);
    const spool = openSpool(inForce.spool(), parts);
    const intervals = new IntervalStore(settings.stateDir, parts);
    try {
      const service = new Service(inForce, { journal, spool, intervals }, parts);
      await service.#run();
      const { signal } = service.#stopping;
      service.#tasks.push(
        logNoticesOnce(journal, settings.changedDefaults ?? [], parts),
        keepRetention(journal, () => inForce.settings.journal.retentionDays, { ...parts, signal }),
      );
      return service;
    } catch (error) {
      spool.close();
      intervals.close();
      await journal.end();
      throw error;
    }
  }

  /** Problems with NATS, each a sentence with the remedy. */
  get problems(): readonly string[] {
    return this.#transport.problems;
  }

  /** All present problems, the most severe first; also those that are published as faults. */
  health(): HealthProblem[] {
    const { faults } = this.#health;
    const parts = { faults, natsProblems: this.problems, journal: this.#journal, nowMs: this.#time.now() };
    return bySeverity([...nodeProblems(parts), ...this.#station.problems()]);
  }

  /** Names of the meters that do not answer. */
  get silentMeters(): readonly string[] {
    return this.#station.silentMeters;
  }

  /** Load and exchange counts of each line, in total and for each meter. */
  stats(): LineReport[] {
    return this.#station.stats();
  }

  /** The present values of the service, for metrics. It reads nothing that takes long. */
  figures(): ServiceFigures {
    return {
      ...this.#values.now,
      isConnected: this.#transport.isConnected,
      spoolReadings: this.#spool.size,
      faults: this.#health.faults.map(({ subType }) => subType),
      ...this.#station.figures(),
    };
  }

  /** The lines whose loop does not turn. Call it every few seconds. */
  stuckLines(): StuckLine[] {
    return this.#station.stuckLines();
  }

  /**
   * Reads a new configuration and puts it into force without a restart. One at a time. Unchanged lines and meters are
   * not disturbed. A change that needs a meter with an open transaction waits for its end. If the configuration is
   * refused, no part of it is in force, and the fault `ConfigurationRefused` is raised until one is accepted.
   *
   * @param load returns the new settings
   * @throws the error of `load`
   * @throws {RestartRequired} a changed key needs a restart
   * @throws {JournalError} the journal cannot be read
   */
  reload(load: () => Promise<Settings>): Promise<ReloadResult> {
    return this.#reloads.run(async () => {
      try {
        const result = await this.#apply(await load());
        this.#health.clear("ConfigurationRefused");
        return result;
      } catch (error) {
        if (this.#stopping.signal.aborted) throw error;
        this.#health.raise(
          "ConfigurationRefused",
          `The old configuration stays in force: ${firstLines(errorText(error), 3)}`,
        );
        throw error;
      }
    });
  }

  /**
   * Removes the last states of a meter that is no longer configured; later if that is not possible now. Records are
   * never removed.
   *
   * @throws {ForgetError} the meter is served, has an open transaction, or another process of the site has it
   * @throws {JournalError} the journal cannot be read
   */
  forget(meter: string): Promise<ForgetResult> {
    return this.#transport.forget(meter);
  }

  /**
   * Acknowledges a fault that stays until then. @returns whether the meter had it; undefined: it is not served
   *
   * @throws {TransactionError} the key of the meter is not known yet, or the journal cannot be written
   */
  acknowledge(meter: string, fault: AcknowledgeableFault): Promise<boolean | undefined> {
    return this.#station.acknowledge(meter, fault);
  }

  /**
   * Stops cleanly: refuses waiting requests, finishes the current request and exchange, and publishes the status
   * `stopped` for each meter. Records and readings that NATS has not stored stay in the journal and the spool.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#metrics.close();
    await this.#changes.close();
    await Promise.all([this.#transport.stopServing(), this.#station.closeTransactions()]);
    await this.#station.stopMeters();
    this.#health.close();
    await Promise.all(this.#tasks);
    await this.#transport.close();
    await this.#station.closeLines();
    this.#spool.close();
    this.#intervals.close();
    await this.#journal.end();
  }

  async #apply(settings: Settings): Promise<ReloadResult> {
    const { restart, atOnce } = compareSettings(this.#inForce.settings, settings);
    if (restart.length > 0) throw new RestartRequired(restart);
    const { applied, waiting } = await this.#changes.apply(settings.lines);
    const warnings = await this.#metrics.listenOn(settings.metrics?.listen);
    this.#inForce.settings = settings;
    void this.#health.check();
    await this.#transport.withdrawnForgotten();
    return { settings, applied: [...atOnce.map((key) => `${key} is changed`), ...applied], waiting, warnings };
  }

  async #run(): Promise<void> {
    this.#transport.start();
    this.#tasks.push(this.#readHealth(), this.#health.watch());
    void this.#metrics.listenOn(this.#inForce.settings.metrics?.listen);
    await this.#station.start(this.#transport);
  }

  async #readHealth(): Promise<void> {
    for await (const fault of this.#health.events) {
      this.#transport.publishNodeFault(fault);
      if (fault.subType === "JournalFailed" && !fault.active) this.#resume();
      // The verdict of a damaged row is computed again
      if (fault.subType === "JournalDamaged" && this.#journal.damage === undefined) this.#resume();
    }
  }

  /** The journal works again. */
  #resume(): void {
    this.#station.resume();
    void this.#changes.retry();
  }
}
