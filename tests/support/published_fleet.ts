import type { NatsConnection } from "nats";
import { systemTime, timestamp } from "../../src/base/time.ts";
import type { FaultPayload, NodeStatusPayload, PowermeterPayload, StatusPayload } from "../../src/contract/mod.ts";

/** Publishes the messages of nodes and meters that do not exist. */
export class PublishedFleet {
  readonly #nats: NatsConnection;

  constructor(nats: NatsConnection) {
    this.#nats = nats;
  }

  /** Publishes the status of a meter. */
  status(site: string, meter: string, values: Partial<StatusPayload> = {}): void {
    const at = timestamp(systemTime.now());
    this.#publish(
      `${site}.${meter}.status`,
      {
        state: "online",
        meter_id: `BY${meter}`,
        model: "em580",
        firmware: { measure: "1.2.3", communication: "2.0.1" },
        transaction_support: true,
        transaction: { state: "idle" },
        since: at,
        timestamp: at,
        ...values,
      } satisfies StatusPayload,
    );
  }

  /** Publishes a reading. */
  reading(site: string, meter: string, powerW: number, values: Partial<PowermeterPayload> = {}): void {
    this.#publish(
      `${site}.${meter}.reading`,
      {
        timestamp: timestamp(systemTime.now()),
        meter_id: `BY${meter}`,
        power_W: { total: powerW, L1: powerW / 3, L2: powerW / 3, L3: powerW / 3 },
        voltage_V: { L1: 230.1, L2: 229.8, L3: 231.2 },
        current_A: { L1: powerW / 690, L2: powerW / 690, L3: powerW / 690 },
        frequency_Hz: { L1: 50.01 },
        energy_Wh_import: { total: 1_234_567 },
        ...values,
      } satisfies PowermeterPayload,
    );
  }

  /** Publishes a fault of a meter, or that it is cleared. */
  fault(site: string, meter: string, subType: string, active: boolean, values: Partial<FaultPayload> = {}): void {
    const at = timestamp(systemTime.now());
    this.#publish(
      `${site}.${meter}.fault.${subType}`,
      {
        type: "powermeter/CommunicationFault",
        sub_type: subType,
        severity: "High",
        active,
        message: `The meter ${meter} does not answer`,
        since: at,
        timestamp: at,
        ...values,
      } satisfies FaultPayload,
    );
  }

  /** Publishes the status of a process. */
  node(site: string, meters: readonly string[], values: Partial<NodeStatusPayload> = {}): void {
    const nowMs = systemTime.now();
    const exchanges = {
      exchanges: 12_345,
      errors: 7,
      errors_by_kind: { timeout: 5, crc: 2, unexpected_answer: 0, exception: 0 },
      latency_ms: latency,
    };
    this.#publish(
      `${site}._node.status`,
      {
        version: "0.1.0",
        instance: `node-of-${site}`,
        started_at: timestamp(nowMs - 3_600_000),
        state: "online",
        lines: [{ name: "rs485-1", state: "open", utilisation: 0.42, ...exchanges }],
        meters: Object.fromEntries(meters.map((meter) => [meter, "online"])),
        meter_stats: Object.fromEntries(meters.map((meter) => [meter, { ...exchanges, skipped_readings: 3 }])),
        undelivered_records: 0,
        spooled_readings: 0,
        dropped_readings: 0,
        faults: [],
        nats: { problems: [] },
        ttl_s: 90,
        expires_at: timestamp(nowMs + 90_000),
        ...values,
      } satisfies NodeStatusPayload,
    );
  }

  /** Resolves when the NATS server has received everything. */
  flush(): Promise<void> {
    return this.#nats.flush();
  }

  #publish(subject: string, payload: object): void {
    this.#nats.publish(`wattseal.${subject}`, JSON.stringify(payload));
  }
}

const latency = { p50: 21.4, p99: 48.9 };
