import {
  errorAnswer,
  ForgetError,
  type ForgetResult,
  intervalPayload,
  NodeReport,
  nodeToken,
  ocmfResult,
  powermeter,
  publicKeyOf,
  requestBody,
  RequestedReadings,
  servedBySite,
  type ServedMeter,
  ServedMeters,
  type SiteEndpoints,
  SiteStates,
  StateBoard,
  Statuses,
  Subjects,
  type Transport,
  type TransportParts,
} from "../../src/contract/mod.ts";
import { minuteMs } from "../../src/base/time.ts";
import type { NodeFault } from "../../src/health/mod.ts";
import type { MeterFault, Reading } from "../../src/meter/mod.ts";

/** How long a request waits before its work begins. */
const requestTimeoutMs = 30_000;

/** A message as a client receives it. */
export interface Message {
  readonly subject: string;
  readonly payload: unknown;
}

/** A transport that keeps its messages in memory; an example of what a transport implements. */
export class MemoryTransport implements Transport {
  readonly connected: Promise<void> = Promise.resolve();
  readonly isConnected = true;
  readonly problems: readonly string[] = [];
  /** Every published message. */
  readonly messages: Message[] = [];
  readonly #parts: TransportParts;
  readonly #subjects = new Subjects("wattseal", "berlin-01");
  readonly #requestedReadings: RequestedReadings;
  readonly #states: SiteStates;
  readonly #report: NodeReport;
  readonly #meters: ServedMeters;
  readonly #board: StateBoard;
  readonly #endpoints: SiteEndpoints;
  #delivery: Promise<void> = Promise.resolve();

  constructor(parts: TransportParts) {
    const { log, time } = parts;
    this.#parts = parts;
    this.#meters = new ServedMeters(parts.meters);
    const site = { ...parts, meters: this.#meters };
    const now = () => time.now();
    const statuses = new Statuses(now);
    const publish = (subject: string, payload: object) => this.#publish(subject, payload);
    this.#board = new StateBoard(publish);
    this.#states = new SiteStates({ subjects: this.#subjects, board: this.#board, statuses, now });
    const publishStatus = (payload: object) => publish(this.#subjects.status(nodeToken), payload);
    this.#report = new NodeReport({ ...site, problems: () => this.problems }, publishStatus, { log, time });
    this.#requestedReadings = new RequestedReadings(time);
    this.#endpoints = servedBySite(this.#subjects, site, {
      now,
      status: (served) => statuses.of(served),
      read: (served, untilMs) => this.#requestedReadings.take(served, untilMs),
      maxPayload: () => undefined,
      wake: () => this.wakeOutbox(),
    });
  }

  start(): void {
    this.publishNodeStatus();
    this.wakeOutbox();
  }

  publishReading(meter: string, reading: Reading): void {
    const served = this.#meters.get(meter);
    if (served === undefined) return;
    const { meter: { identity }, publicKeyFormat } = served;
    const payload = powermeter(reading, { publicKey: publicKeyOf(identity, publicKeyFormat) });
    this.#publish(this.#subjects.reading(meter), payload);
  }

  publishStatus(meter: string): void {
    this.#withMeter(meter, (served) => this.#states.status(served));
  }

  publishPublicKey(meter: string): void {
    this.#withMeter(meter, (served) => this.#states.publicKey(served));
  }

  publishFault(meter: string, fault: MeterFault): void {
    this.#withMeter(meter, () => this.#states.fault(meter, fault));
  }

  publishNodeFault(fault: NodeFault): void {
    this.#states.nodeFault(fault);
    this.publishNodeStatus();
  }

  publishNodeStatus(): void {
    this.#report.publish("online");
  }

  wakeOutbox(): void {
    this.#delivery = this.#delivery.then(() => this.#deliver());
  }

  wakeIntervals(): void {
    this.wakeOutbox();
  }

  serve(meter: ServedMeter): void {
    this.#states.clearFaults(meter.name);
    this.#meters.set(meter);
    this.#states.status(meter);
    this.#states.publicKey(meter);
    this.publishNodeStatus();
  }

  async withdraw(name: string, { forget }: { readonly forget: boolean }): Promise<void> {
    const served = this.#meters.remove(name);
    if (served === undefined) return;
    this.#states.clearFaults(name);
    this.#states.statusAs(served, "stopped");
    this.publishNodeStatus();
    if (forget) await this.forget(name);
  }

  forget(name: string): Promise<ForgetResult> {
    if (this.#meters.has(name)) return Promise.reject(new ForgetError(`Cannot forget ${name}: it is served`));
    const root = this.#subjects.of(name, "");
    const subjects = this.retained.filter((subject) => subject.startsWith(root));
    for (const subject of subjects) this.#board.remove(subject);
    return Promise.resolve({ outcome: "forgotten", states: subjects.length });
  }

  withdrawnForgotten(): Promise<void> {
    return Promise.resolve();
  }

  /** The subjects whose last value is retained. */
  get retained(): string[] {
    const subjects = new Set(this.messages.map(({ subject }) => subject));
    return [...subjects].filter((subject) => this.#board.has(subject));
  }

  stopServing(): Promise<void> {
    this.#requestedReadings.close();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.stopServing();
    for (const served of this.#meters) this.#states.statusAs(served, "stopped");
    this.#report.publish("stopped");
    await this.#delivery;
  }

  /** The answer to a request of a client; undefined: nothing is served on the subject. */
  async request(subject: string, text: string): Promise<unknown> {
    const { ofNode, ofMeter } = this.#endpoints;
    const all = [...ofNode, ...this.#meters.names.flatMap((name) => ofMeter(name))];
    const served = all.find((endpoint) => endpoint.subject === subject);
    try {
      return await served?.answer(
        requestBody(new TextEncoder().encode(text)),
        this.#parts.time.mono() + requestTimeoutMs,
      );
    } catch (error) {
      return errorAnswer(error, served?.doing ?? subject).payload;
    }
  }

  #publish(subject: string, payload: object): boolean {
    this.messages.push({ subject, payload: JSON.parse(JSON.stringify(payload)) });
    return true;
  }

  async #deliver(): Promise<void> {
    const { journal, time } = this.#parts;
    for (const record of journal.outbox(50, 0, new Map())) {
      this.#publish(this.#subjects.record(record.meter), ocmfResult(record, this.#subjects.site));
      await journal.markDelivered(record.seq, time.now());
    }
    const { intervals } = this.#parts;
    for (const waiting of intervals?.waiting(50, []) ?? []) {
      const payload = intervalPayload(waiting.interval, waiting.lengthMs / minuteMs);
      if (intervals?.published(waiting) === true) this.#publish(this.#subjects.interval(waiting.meter), payload);
    }
  }

  #withMeter(name: string, publish: (served: ServedMeter) => void): void {
    const served = this.#meters.get(name);
    if (served !== undefined) publish(served);
  }
}
