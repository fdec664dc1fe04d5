import type { NatsConnection } from "nats";
import { repeatedly } from "../base/waits.ts";
import {
  beatMs,
  NodeReport,
  nodeToken,
  RequestedReadings,
  servedBySite,
  type ServedMeter,
  SiteStates,
  StateBoard,
  Statuses,
  Subjects,
  type Transport,
} from "../contract/mod.ts";
import type { NodeFault } from "../health/mod.ts";
import type { MeterFault, Reading } from "../meter/mod.ts";
import { AccessCheck, accessRetryMs } from "./access_check.ts";
import { Connection } from "./connection.ts";
import { type Denial, usualInbox } from "./missing_permission.ts";
import { MicroService } from "./micro_service.ts";
import type { NatsNodeParts } from "./node_parts.ts";
import { Outbox } from "./outbox.ts";
import { publisher } from "./publish.ts";
import { ReadingsDelivery } from "./readings_delivery.ts";
import { faultSubjects, StaleFaults } from "./stale_faults.ts";
import { StreamKeeper } from "./stream_keeper.ts";
import { streamName } from "./streams.ts";
import { Twins } from "./twins.ts";

/**
 * Connects this process to NATS: it publishes readings and states, answers requests, creates missing streams and
 * delivers records. NATS may start late, disappear and return: meanwhile readings wait in the spool and records in the
 * journal, and states are published again after the reconnect.
 */
export class NatsNode implements Transport {
  /** Resolves when NATS is connected for the first time, the endpoints are served and the streams are checked. */
  readonly connected: Promise<void>;
  readonly #parts: NatsNodeParts;
  readonly #subjects: Subjects;
  readonly #meters: ReadonlyMap<string, ServedMeter>;
  readonly #connection: Connection;
  readonly #streams: StreamKeeper;
  readonly #service: MicroService;
  readonly #board: StateBoard;
  readonly #readings: ReadingsDelivery;
  readonly #requestedReadings: RequestedReadings;
  readonly #states: SiteStates;
  readonly #outbox: Outbox;
  readonly #twins: Twins;
  readonly #report: NodeReport;
  readonly #closing = new AbortController();
  readonly #firstConnected = Promise.withResolvers<void>();
  readonly #staleFaults: StaleFaults;
  readonly #access: AccessCheck;
  #servedOn: NatsConnection | undefined;

  constructor(parts: NatsNodeParts) {
    const { options, identity, meters, journal, health, spool, time, log, failpoint } = parts;
    const { instance } = identity;
    const { site, subjectPrefix, streams, jetstreamDomain: domain } = options;
    this.connected = this.#firstConnected.promise;
    this.#parts = parts;
    this.#subjects = new Subjects(subjectPrefix, site);
    this.#meters = new Map(meters.map((served) => [served.name, served]));
    this.#requestedReadings = new RequestedReadings(time);
    this.#connection = new Connection(`wattseal ${site}`, options, { log, time });
    const names = [...this.#meters.keys()];
    const place = { prefix: subjectPrefix, site, meters: names, streams, domain };
    this.#streams = new StreamKeeper(place, { health, log, time });
    const live = () => this.#connection.live;
    const subjects = this.#subjects;
    this.#twins = new Twins({
      site,
      identity,
      subjects,
      meters: names,
      health,
      live,
      onAllowed: (allowed) => this.#access.allowed(allowed),
      onAlone: () => this.#onAlone(),
    }, { log, time });
    const publish = this.#twins.gate(publisher(live, { log, time }));
    this.#board = new StateBoard(publish);
    this.#access = new AccessCheck({
      scope: { prefix: subjectPrefix, site, inboxPrefix: options.inboxPrefix ?? usualInbox, domain },
      health,
      echoSubject: this.#subjects.of(nodeToken, `${instance}.get`),
      live,
      checkInbox: () => this.#connection.checkInbox(),
      repeat: (subjects) => this.#board.repeat(subjects),
    }, { log, time });
    this.#staleFaults = new StaleFaults({
      stream: streamName(subjectPrefix, "state"),
      domain,
      subjects: faultSubjects(this.#subjects, names),
      board: this.#board,
      lookup: () => this.#streams.lookup("state"),
      now: () => time.now(),
    }, log);
    this.#readings = new ReadingsDelivery({
      subjects,
      stream: { prefix: subjectPrefix, enabled: streams.readings.enabled, domain },
      live: () => this.#twins.isActive ? live() : undefined,
      inboxPrefix: () => this.#connection.inboxPrefix,
      spool,
      health,
      lookup: () => this.#streams.lookup("readings"),
      ensureStreams: (connection) => this.#ensureStreams(connection),
    }, { log, time });
    const publishStatus = (payload: object) => publish(subjects.status(nodeToken), payload);
    this.#report = new NodeReport({ ...parts, problems: () => this.problems }, publishStatus, { log, time });
    const now = () => time.now();
    const statuses = new Statuses(now);
    this.#states = new SiteStates({ subjects, board: this.#board, statuses, now });
    const servedEndpoints = servedBySite(subjects, parts, {
      now,
      status: (served) => statuses.of(served),
      read: (served, untilMs) => this.#requestedReadings.take(served, untilMs),
      maxPayload: () => live()?.info?.max_payload,
      wake: () => this.wakeOutbox(),
    });
    const onAllowed = (subscriptions: readonly Denial[]) => this.#access.allowed(subscriptions);
    this.#service = new MicroService({ site, instance, served: servedEndpoints, failpoint, onAllowed }, { log, time });
    this.#outbox = new Outbox({
      subjects: this.#subjects,
      domain,
      live,
      journal,
      health,
      lookup: () => this.#streams.lookup("ocmf"),
      ensureStreams: (connection) => this.#ensureStreams(connection),
      failpoint,
    }, { log, time });
  }

  /**
   * Starts to connect and retries without end. Does not wait for the server.
   *
   * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
   */
  start(): void {
    this.#connection.start({
      onUp: (connection) => this.#onUp(connection),
      onDown: () => {
        this.#access.disconnected();
        this.#readings.pause();
        this.#outbox.disconnected();
      },
      onDenied: (denial) => {
        this.#access.denied(denial);
        if (denial.operation === "subscribe") {
          this.#service.denied(denial.subject);
          this.#twins.denied(denial.subject);
        } else this.#readings.denied(denial.subject);
      },
    });
    this.#outbox.start();
    this.#readings.start();
    this.#twins.start((connection) => this.#startDelivery(connection));
    const until = { time: this.#parts.time, signal: this.#closing.signal };
    repeatedly(() => this.publishNodeStatus(), () => beatMs, until);
    repeatedly(() => this.#checkStreams(), () => this.#streams.complete ? beatMs : retryStreamsMs, until);
    repeatedly(() => this.#access.retry(), () => accessRetryMs, until);
  }

  /** Problems with NATS, each a sentence with the remedy. */
  get problems(): readonly string[] {
    return [...this.#access.problems, ...this.#streams.problems];
  }

  /** Publishes a reading, or stores it in the spool while NATS is not connected. */
  publishReading(meter: string, reading: Reading): void {
    if (!this.#twins.isPassive) this.#readings.publish(this.#servedMeter(meter), reading);
  }

  /** Publishes the present status of a meter. */
  publishStatus(meter: string): void {
    this.#states.status(this.#servedMeter(meter));
  }

  /** Publishes a meter's public key, if it has one. */
  publishPublicKey(meter: string): void {
    this.#states.publicKey(this.#servedMeter(meter));
  }

  /** Publishes that a fault was raised or cleared. */
  publishFault(meter: string, fault: MeterFault): void {
    this.#states.fault(meter, fault);
  }

  /** Publishes that a fault of this process was raised or cleared, and its status with it. */
  publishNodeFault(fault: NodeFault): void {
    this.#states.nodeFault(fault);
    this.publishNodeStatus();
  }

  /** Publishes the status of this process; this also happens every 30 seconds. */
  publishNodeStatus(): void {
    this.#report.publish("online");
  }

  /** Call it when the outbox of the journal has a new record. */
  wakeOutbox(): void {
    this.#outbox.wake();
  }

  /** Stops accepting requests. Refuses waiting requests and answers those that have begun. */
  async stopServing(): Promise<void> {
    this.#requestedReadings.close();
    await this.#service.stop(partMs);
  }

  /** Publishes `stopped` for each meter and the process, delivers records for a few seconds, and disconnects. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#access.close();
    await this.stopServing();
    await this.#service.settled(partMs);
    for (const served of this.#parts.meters) this.#states.statusAs(served, "stopped");
    this.#report.publish("stopped");
    await Promise.all([this.#outbox.close(partMs), this.#readings.close(partMs)]);
    this.#twins.close();
    await this.#connection.close(partMs);
  }

  async #onUp(connection: NatsConnection): Promise<void> {
    await this.#twins.connected(connection);
    if (this.#connection.live === connection) await this.#startDelivery(connection);
  }

  async #startDelivery(connection: NatsConnection): Promise<void> {
    const serving = this.#serve(connection);
    // First the streams, so that they store the following messages
    await this.#ensureStreams(connection);
    if (this.#closing.signal.aborted) return;
    this.#publishAll();
    this.#outbox.reconnected();
    if (this.#connection.live === connection) this.#readings.resume();
    await this.#clearStaleFaults(connection);
    await serving;
    await this.#access.connected(connection);
    this.#firstConnected.resolve();
  }

  /** The twin has published faults on the subjects of this process. */
  #onAlone(): void {
    this.#staleFaults.expectFaults();
    this.#publishAll();
    void this.#checkStreams();
  }

  async #serve(connection: NatsConnection): Promise<void> {
    if (!this.#twins.isActive) return;
    if (this.#servedOn === connection) return this.#service.retry();
    this.#servedOn = connection;
    await this.#service.serve(connection);
  }

  #publishAll(): void {
    this.#board.republish();
    this.publishNodeStatus();
  }

  /** @returns whether a stream was created */
  async #ensureStreams(connection: NatsConnection): Promise<boolean> {
    const created = await this.#streams.ensure(connection);
    if (created.includes("state")) this.#publishAll();
    return created.length > 0;
  }

  /** Checks the streams repeatedly: JetStream may be off for long, and streams can be removed during a connection. */
  async #checkStreams(): Promise<void> {
    const { live } = this.#connection;
    if (live === undefined) return;
    if (await this.#ensureStreams(live)) this.#outbox.wake();
    await this.#clearStaleFaults(live);
  }

  /** Not while a twin serves the meters: the faults are those of the twin. */
  async #clearStaleFaults(connection: NatsConnection): Promise<void> {
    if (this.#twins.isActive) await this.#staleFaults.clear(connection);
  }

  #servedMeter(meter: string): ServedMeter {
    const served = this.#meters.get(meter);
    if (served === undefined) throw new RangeError(`Unknown meter ${meter}`);
    return served;
  }
}

/** Time limit of each part of a clean shutdown, in milliseconds. */
const partMs = 2_000;
const retryStreamsMs = 5_000;
