import type { NatsConnection } from "nats";
import { repeatedly } from "../base/waits.ts";
import {
  beatMs,
  type ForgetResult,
  type ServedMeter,
  type SiteStates,
  type Transport,
  type WithdrawOptions,
} from "../contract/mod.ts";
import type { NodeFault } from "../health/mod.ts";
import type { MeterFault, Reading } from "../meter/mod.ts";
import { accessRetryMs } from "./access_check.ts";
import { type NodeObjects, nodeObjects } from "./node_objects.ts";
import type { NatsNodeParts } from "./node_parts.ts";

/**
 * Connects this process to NATS: it publishes readings and states, answers requests, creates missing streams and
 * delivers records. NATS may start late, disappear and return: meanwhile readings wait in the spool and records in the
 * journal, and states are published again after the reconnect.
 */
export class NatsNode implements Transport {
  /** Resolves when NATS is connected for the first time, the endpoints are served and the streams are checked. */
  readonly connected: Promise<void>;
  readonly #parts: NatsNodeParts;
  readonly #own: NodeObjects;
  readonly #closing = new AbortController();
  readonly #firstConnected = Promise.withResolvers<void>();
  #servedOn: NatsConnection | undefined;

  constructor(parts: NatsNodeParts) {
    this.connected = this.#firstConnected.promise;
    this.#parts = parts;
    this.#own = nodeObjects(parts, {
      problems: () => this.problems,
      ensureStreams: (connection) => this.#ensureStreams(connection),
      onAlone: () => this.#onAlone(),
    });
  }

  /**
   * Starts to connect and retries without end. Does not wait for the server.
   *
   * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
   */
  start(): void {
    const { connection, access, readings, outbox, intervals, service, twins, streams } = this.#own;
    connection.start({
      onUp: (connection) => this.#onUp(connection),
      onDown: () => {
        access.disconnected();
        readings.pause();
        outbox.disconnected();
        intervals.disconnected();
      },
      onDenied: (denial) => {
        access.denied(denial);
        if (denial.operation === "subscribe") {
          service.denied(denial.subject);
          twins.denied(denial.subject);
        } else readings.denied(denial.subject);
      },
    });
    outbox.start();
    intervals.start();
    readings.start();
    twins.start((connection) => this.#startDelivery(connection));
    const until = { time: this.#parts.time, signal: this.#closing.signal };
    void this.#own.intervalFaults?.watch(until);
    repeatedly(() => this.publishNodeStatus(), () => beatMs, until);
    repeatedly(() => this.#checkStreams(), () => streams.complete ? beatMs : retryStreamsMs, until);
    repeatedly(() => access.retry(), () => accessRetryMs, until);
  }

  /** Whether NATS is connected now. */
  get isConnected(): boolean {
    return this.#own.connection.live !== undefined;
  }

  /** Problems with NATS, each a sentence with the remedy. */
  get problems(): readonly string[] {
    const { connection, access, streams, forgetting } = this.#own;
    const away = connection.problem;
    return [...(away === undefined ? [] : [away]), ...access.problems, ...streams.problems, ...forgetting.problems];
  }

  /** Publishes a reading, or stores it in the spool while NATS is not connected. */
  publishReading(meter: string, reading: Reading): void {
    const served = this.#own.meters.get(meter);
    if (served !== undefined && !this.#own.twins.isPassive) this.#own.readings.publish(served, reading);
  }

  /** Publishes the present status of a meter. */
  publishStatus(meter: string): void {
    this.#ifServed(meter, (states, served) => states.status(served));
  }

  /** Publishes a meter's public key, if it has one. */
  publishPublicKey(meter: string): void {
    this.#ifServed(meter, (states, served) => states.publicKey(served));
  }

  /** Publishes that a fault was raised or cleared. */
  publishFault(meter: string, fault: MeterFault): void {
    this.#ifServed(meter, (states) => states.fault(meter, fault));
  }

  /** Publishes that a fault of this process was raised or cleared, and its status with it. */
  publishNodeFault(fault: NodeFault): void {
    this.#own.states.nodeFault(fault);
    this.publishNodeStatus();
  }

  /** Publishes the status of this process; this also happens every 30 seconds. */
  publishNodeStatus(): void {
    this.#own.report.publish("online");
  }

  /** Call it when the outbox of the journal has a new record. */
  wakeOutbox(): void {
    this.#own.outbox.wake();
  }

  /** Call it when there is a new interval. It does not shorten the pauses of the records. */
  wakeIntervals(): void {
    this.#own.intervals.wake();
  }

  /** Serves a meter from now on, or another object of a meter that is served. */
  serve(served: ServedMeter): void {
    const { meters, endpoints, service, states, staleFaults, forgetting, twins } = this.#own;
    const isNew = !meters.has(served.name);
    forgetting.served(served.name);
    states.clearFaults(served.name);
    meters.set(served);
    states.status(served);
    states.publicKey(served);
    this.publishNodeStatus();
    if (!isNew) return;
    service.add(endpoints.ofMeter(served.name));
    twins.metersChanged();
    staleFaults.expectFaults();
    void this.#checkStreams();
  }

  /** Stops serving a meter. Its records and readings are still delivered. */
  async withdraw(name: string, { forget }: WithdrawOptions): Promise<void> {
    const { meters, service, states, readings, access, subjects, twins, forgetting } = this.#own;
    const served = meters.remove(name);
    if (served === undefined) return;
    states.clearFaults(name);
    states.statusAs(served, "stopped");
    readings.withdraw(name);
    access.withdraw(subjects.of(name, ""));
    this.publishNodeStatus();
    twins.metersChanged();
    forgetting.withdrawn(name, forget);
    void this.#checkStreams();
    await service.remove(name, partMs);
  }

  /** Removes the retained states of a meter that is not served. */
  forget(name: string): Promise<ForgetResult> {
    return this.#own.forgetting.forget(name);
  }

  /** Resolves when the states of withdrawn meters are removed, or cannot be removed now. */
  withdrawnForgotten(): Promise<void> {
    return this.#own.forgetting.run();
  }

  /** Stops accepting requests. Refuses waiting requests and answers those that have begun. */
  async stopServing(): Promise<void> {
    this.#own.requestedReadings.close();
    await this.#own.service.stop(partMs);
  }

  /** Publishes `stopped` for each meter and the process, delivers records for a few seconds, and disconnects. */
  async close(): Promise<void> {
    const { access, service, meters, states, report, outbox, intervals, readings, twins, connection } = this.#own;
    this.#closing.abort();
    access.close();
    this.#own.forgetting.close();
    await this.stopServing();
    await service.settled(partMs);
    for (const served of meters) states.statusAs(served, "stopped");
    report.publish("stopped");
    await Promise.all([outbox.close(partMs), intervals.close(partMs), readings.close(partMs)]);
    twins.close();
    await connection.close(partMs);
  }

  async #onUp(connection: NatsConnection): Promise<void> {
    await this.#own.twins.connected(connection);
    if (this.#own.connection.live === connection) await this.#startDelivery(connection);
  }

  async #startDelivery(connection: NatsConnection): Promise<void> {
    const { outbox, intervals, readings, access, forgetting } = this.#own;
    const serving = this.#serve(connection);
    // First the streams, so that they store the following messages
    await this.#ensureStreams(connection);
    if (this.#closing.signal.aborted) return;
    this.#publishAll();
    outbox.reconnected();
    intervals.reconnected();
    if (this.#own.connection.live === connection) readings.resume();
    await this.#clearStaleFaults(connection);
    await serving;
    await access.connected(connection);
    forgetting.connected();
    void forgetting.run();
    this.#firstConnected.resolve();
  }

  /** The twin has published faults on the subjects of this process. */
  #onAlone(): void {
    this.#own.staleFaults.expectFaults();
    this.#publishAll();
    void this.#checkStreams();
  }

  async #serve(connection: NatsConnection): Promise<void> {
    if (!this.#own.twins.isActive) return;
    if (this.#servedOn === connection) return this.#own.service.retry();
    this.#servedOn = connection;
    await this.#own.service.serve(connection);
  }

  #publishAll(): void {
    this.#own.board.republish();
    this.publishNodeStatus();
  }

  /** @returns whether a stream was created */
  async #ensureStreams(connection: NatsConnection): Promise<boolean> {
    const created = await this.#own.streams.ensure(connection);
    if (created.includes("state")) this.#publishAll();
    return created.length > 0;
  }

  /** Checks the streams repeatedly: JetStream may be off for long, and streams can be removed during a connection. */
  async #checkStreams(): Promise<void> {
    const { live } = this.#own.connection;
    if (live === undefined) return;
    if (await this.#ensureStreams(live)) {
      this.wakeOutbox();
      this.wakeIntervals();
    }
    await this.#clearStaleFaults(live);
    await this.#own.forgetting.run();
  }

  /** Not while a twin serves the meters: the faults are those of the twin. */
  async #clearStaleFaults(connection: NatsConnection): Promise<void> {
    if (this.#own.twins.isActive) await this.#own.staleFaults.clear(connection);
  }

  /** Publishes a state of a meter. A meter that was withdrawn may still report that it stops. */
  #ifServed(meter: string, publish: (states: SiteStates, served: ServedMeter) => void): void {
    const served = this.#own.meters.get(meter);
    if (served !== undefined) publish(this.#own.states, served);
  }
}

/** Time limit of each part of a clean shutdown, and of a withdrawal, in milliseconds. */
const partMs = 2_000;
const retryStreamsMs = 5_000;
