import {
  errorAnswer,
  NodeReport,
  nodeToken,
  ocmfResult,
  powermeter,
  publicKeyOf,
  requestBody,
  RequestedReadings,
  servedBySite,
  type ServedEndpoint,
  type ServedMeter,
  SiteStates,
  StateBoard,
  Statuses,
  Subjects,
  type Transport,
  type TransportParts,
} from "../../src/contract/mod.ts";
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
  readonly problems: readonly string[] = [];
  /** Every published message. */
  readonly messages: Message[] = [];
  readonly #parts: TransportParts;
  readonly #subjects = new Subjects("wattseal", "berlin-01");
  readonly #requestedReadings: RequestedReadings;
  readonly #states: SiteStates;
  readonly #report: NodeReport;
  readonly #served: readonly ServedEndpoint[];
  #delivery: Promise<void> = Promise.resolve();

  constructor(parts: TransportParts) {
    const { log, time } = parts;
    this.#parts = parts;
    const now = () => time.now();
    const statuses = new Statuses(now);
    const publish = (subject: string, payload: object) => this.#publish(subject, payload);
    this.#states = new SiteStates({ subjects: this.#subjects, board: new StateBoard(publish), statuses, now });
    const publishStatus = (payload: object) => publish(this.#subjects.status(nodeToken), payload);
    this.#report = new NodeReport({ ...parts, problems: () => this.problems }, publishStatus, { log, time });
    this.#requestedReadings = new RequestedReadings(time);
    this.#served = servedBySite(this.#subjects, parts, {
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
    const { meter: { identity }, publicKeyFormat } = this.#meter(meter);
    const payload = powermeter(reading, { publicKey: publicKeyOf(identity, publicKeyFormat) });
    this.#publish(this.#subjects.reading(meter), payload);
  }

  publishStatus(meter: string): void {
    this.#states.status(this.#meter(meter));
  }

  publishPublicKey(meter: string): void {
    this.#states.publicKey(this.#meter(meter));
  }

  publishFault(meter: string, fault: MeterFault): void {
    this.#states.fault(meter, fault);
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

  stopServing(): Promise<void> {
    this.#requestedReadings.close();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.stopServing();
    for (const served of this.#parts.meters) this.#states.statusAs(served, "stopped");
    this.#report.publish("stopped");
    await this.#delivery;
  }

  /** The answer to a request of a client; undefined: nothing is served on the subject. */
  async request(subject: string, text: string): Promise<unknown> {
    const served = this.#served.find((endpoint) => endpoint.subject === subject);
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
  }

  #meter(name: string): ServedMeter {
    const served = this.#parts.meters.find((each) => each.name === name);
    if (served === undefined) throw new RangeError(`No meter is named ${name}`);
    return served;
  }
}
