import { connect, type ConnectionOptions, type NatsConnection } from "nats";
import { FaultBoard } from "../../src/base/fault_board.ts";
import { type Log, silentLog } from "../../src/base/log.ts";
import { systemTime, type Time } from "../../src/base/time.ts";
import type { NodeFault, NodeFaultSubType } from "../../src/health/mod.ts";
import type { LineReport, ServedMeter } from "../../src/contract/mod.ts";
import { NatsNode, type NatsNodeOptions, type NatsNodeParts } from "../../src/nats/mod.ts";
import { openSpool, type Spool } from "../../src/spool/mod.ts";
import { patientClient } from "../support/patient_client.ts";
import { FakeServedMeter } from "./fakes.ts";

/** The streams of a configuration without the section `streams`. */
export const defaultStreams: NatsNodeOptions["streams"] = {
  readings: { enabled: true, replicas: 1, maxAgeDays: 7 },
  ocmf: { enabled: true, replicas: 1, maxAgeDays: 0 },
  state: { enabled: true, replicas: 1, maxAgeDays: 0 },
};

/** A journal without records. */
export const emptyJournal: NatsNodeParts["journal"] = {
  outbox: () => [],
  markDelivered: () => Promise.resolve(),
  undelivered: () => 0,
  size: () => 0,
  *eachRecord() {},
  redeliver: () => Promise.resolve(0),
  record: () => undefined,
  redeliveries: () => [],
  recentlyDelivered: () => [],
  knownStream: () => undefined,
  noteStream: () => Promise.resolve(),
  lastRecordInStream: () => undefined,
  openTransactions: () => [],
  records: () => [],
};

const noSpool = openSpool({ mode: "off", maxAgeHours: 1, maxMb: 1, folder: "" }, { time: systemTime, log: silentLog });

/** Faults of a process that a test can wait for. */
export class FakeHealth {
  readonly clockSynchronised: boolean = true;
  readonly #board: FaultBoard<NodeFaultSubType> = new FaultBoard(() => 0, () => this.#tell());
  #changed = Promise.withResolvers<void>();

  get faults(): readonly NodeFault[] {
    return this.#board.active;
  }

  raise(subType: NodeFaultSubType, message: string): void {
    this.#board.raise(subType, message);
  }

  clear(subType: NodeFaultSubType): void {
    this.#board.clear(subType);
  }

  /** Resolves with the message of a fault when it is raised and its message matches. */
  async raised(subType: NodeFaultSubType, pattern: Pick<RegExp, "test"> = /(?:)/): Promise<string> {
    for (;;) {
      const message = this.message(subType);
      if (message !== undefined && pattern.test(message)) return message;
      await this.#changed.promise;
    }
  }

  /** Resolves when a fault is not raised or no longer raised. */
  async cleared(subType: NodeFaultSubType): Promise<void> {
    while (this.message(subType) !== undefined) await this.#changed.promise;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** The message of a raised fault. */
  message(subType: NodeFaultSubType): string | undefined {
    return this.#board.active.find((fault) => fault.subType === subType)?.message;
  }
}

/** Options of a node in a test. */
export interface NodeSetup {
  readonly address: string;
  readonly options?: Partial<NatsNodeOptions>;
  /** @default a new process for each node */
  readonly identity?: NatsNodeParts["identity"];
  readonly meters?: readonly ServedMeter[];
  readonly journal?: NatsNodeParts["journal"];
  readonly health?: NatsNodeParts["health"];
  readonly knownMeters?: NatsNodeParts["knownMeters"];
  /** @default none: readings that cannot be published are dropped */
  readonly spool?: Spool;
  /** @default none */
  readonly intervals?: NatsNodeParts["intervals"];
  readonly log?: Log;
  readonly time?: Time;
}

/** An example of a line. */
export const lineReport: LineReport = {
  name: "rs485-1",
  state: "open",
  utilisation: 0.25,
  exchanges: 10,
  errors: 1,
  errorsByKind: { timeout: 1, crc: 0, unexpected_answer: 0, exception: 2 },
  latencyMs: { p50: 18, p99: 31 },
  meters: [{
    name: "evse-1",
    exchanges: 9,
    errors: 0,
    errorsByKind: { timeout: 0, crc: 0, unexpected_answer: 0, exception: 2 },
    skippedReadings: 3,
  }],
};

/** A node with one fake meter `evse-1`, closed at the end of the test. */
export function newNode(setup: NodeSetup): NatsNode & AsyncDisposable {
  const node = new NatsNode({
    options: {
      site: "berlin-01",
      subjectPrefix: "wattseal",
      servers: [setup.address],
      streams: defaultStreams,
      ...setup.options,
    },
    identity: setup.identity ?? { instance: `node-${Math.round(performance.now() * 1000)}` },
    meters: setup.meters ?? [new FakeServedMeter("evse-1")],
    lines: () => [lineReport],
    journal: setup.journal ?? emptyJournal,
    health: setup.health ?? new FakeHealth(),
    knownMeters: setup.knownMeters,
    spool: setup.spool ?? noSpool,
    intervals: setup.intervals,
    time: setup.time ?? systemTime,
    log: setup.log ?? silentLog,
  });
  return Object.assign(node, { [Symbol.asyncDispose]: () => node.close() });
}

/** A separate client, like another program. */
export async function newClient(
  address: string,
  options: ConnectionOptions = {},
): Promise<NatsConnection & AsyncDisposable> {
  const connection = await connect({
    servers: [address],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    ...options,
  });
  return Object.assign(patientClient(connection), { [Symbol.asyncDispose]: () => connection.close() });
}
