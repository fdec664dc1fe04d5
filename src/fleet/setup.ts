import type { ConsumerInfo, JetStreamManager, StreamConfig, StreamInfo } from "nats";
import { type StreamKind, streamKinds, streamName } from "../nats/mod.ts";
import { billingConsumer, consumerDrift } from "./billing_consumer.ts";
import { existingStreams, orUndefined, topologyOf } from "./existing.ts";
import { FleetUsageError, type RetryLimit, withRetries } from "./retries.ts";
import type { FleetStep } from "./step.ts";
import { durationText, streamDrift } from "./stream_drift.ts";
import {
  fleetStreams,
  type FleetStreamsOptions,
  type ReadingsChoice,
  sourceSite,
  type Topology,
} from "./stream_plan.ts";

/** Requested settings of a fleet. A missing value keeps the existing setting, or uses its default. */
export interface SetupOptions {
  readonly prefix: string;
  /** Required if no stream exists. */
  readonly topology?: Topology | undefined;
  /** @default all */
  readonly readings?: ReadingsChoice | undefined;
  /** Whether intervals of load profiles are stored. @default false */
  readonly intervals?: boolean | undefined;
  /** @default 400; 0: forever */
  readonly intervalsMaxAgeDays?: number | undefined;
  /** @default 3 in a cluster, else 1 */
  readonly replicas?: number | undefined;
  /** @default 7; 0: forever */
  readonly readingsMaxAgeDays?: number | undefined;
  /** @default no limit */
  readonly readingsMaxBytes?: number | undefined;
  /** Durable consumers of the records. */
  readonly consumers: readonly string[];
  /** Whether to change existing objects that differ. */
  readonly repair: boolean;
  /** Whether the connected server belongs to a cluster. */
  readonly isCluster: boolean;
}

/**
 * Compares the request with the state of JetStream.
 *
 * @returns the planned steps, in order; nothing is changed yet
 * @throws {FleetError} JetStream refuses, or does not answer
 * @throws {FleetUsageError} no stream exists and no topology is given
 */
export async function planSetup(
  manager: JetStreamManager,
  options: SetupOptions,
  retryLimit: RetryLimit,
): Promise<FleetStep[]> {
  const { prefix, consumers } = options;
  const found = await existingStreams(manager, prefix, retryLimit);
  const streams = fleetStreams(withDefaults(options, found));
  const steps: FleetStep[] = [];
  for (const kind of streamKinds) {
    const requested = streams.get(kind);
    const step = requested === undefined
      ? notRequestedStep(found.get(kind)?.config)
      : streamStep(manager, requested, found.get(kind)?.config, options, retryLimit);
    if (step !== undefined) steps.push(step);
  }
  const records = streamName(prefix, "ocmf");
  for (const name of consumers) {
    const info = found.has("ocmf")
      ? await withRetries(
        `read the consumer ${name}`,
        () => orUndefined(manager.consumers.info(records, name)),
        retryLimit,
      )
      : undefined;
    steps.push(consumerStep(manager, records, name, info, retryLimit));
  }
  return steps;
}

function withDefaults(options: SetupOptions, found: ReadonlyMap<StreamKind, StreamInfo>): FleetStreamsOptions {
  const records = found.get("ocmf")?.config;
  const readings = found.get("readings")?.config;
  const intervals = found.get("intervals")?.config;
  const topology = options.topology ?? (records === undefined ? undefined : topologyOf(records));
  if (topology === undefined) {
    throw new FleetUsageError(
      "No stream exists yet: choose --topology hub if nodes publish to their own edge servers, or --topology single " +
        "if they publish to these servers",
    );
  }
  const lastOnly = readings?.max_msgs_per_subject === 1 ? "last" : "all";
  const foundDays = readings === undefined ? 7 : readings.max_age / dayNs;
  const foundBytes = readings === undefined || readings.max_bytes < 0 ? undefined : readings.max_bytes;
  return {
    prefix: options.prefix,
    topology,
    readings: options.readings ?? (records !== undefined && readings === undefined ? "none" : lastOnly),
    intervals: options.intervals ?? intervals !== undefined,
    intervalsMaxAgeDays: options.intervalsMaxAgeDays ?? (intervals && intervals.max_age / dayNs),
    replicas: options.replicas ?? records?.num_replicas ?? (options.isCluster ? 3 : 1),
    readingsMaxAgeDays: options.readingsMaxAgeDays ?? foundDays,
    readingsMaxBytes: options.readingsMaxBytes ?? foundBytes,
  };
}

function notRequestedStep(found: StreamConfig | undefined): FleetStep | undefined {
  if (found === undefined) return undefined;
  const text = `not requested, but not removed; remove it with: nats stream rm ${found.name}`;
  return { action: "differs", subject: `stream ${found.name}`, text };
}

function streamStep(
  manager: JetStreamManager,
  requested: Partial<StreamConfig>,
  found: StreamConfig | undefined,
  { prefix, repair }: SetupOptions,
  retryLimit: RetryLimit,
): FleetStep {
  const name = requested.name ?? "";
  const subject = `stream ${name}`;
  if (found === undefined) {
    const act = async () => {
      await withRetries(`create the stream ${name}`, () => manager.streams.add(requested), retryLimit);
    };
    return { action: "create", subject, text: streamText(requested, prefix), act };
  }
  if ((requested.subjects ?? []).length > 0 && (found.sources ?? []).length > 0) {
    const text = "it has sources, so their messages would be stored twice; remove them with fleet site remove";
    return { action: "differs", subject, text };
  }
  const drift = streamDrift(requested, found);
  if (drift.length === 0) return { action: "keep", subject, text: streamText(found, prefix) };
  const text = drift.map((each) => each.text).join("; ");
  if (drift.some(({ changeable }) => !changeable)) {
    return {
      action: "differs",
      subject,
      text: `${text}; the server cannot change this: move the messages to a new stream`,
    };
  }
  if (!repair) return { action: "differs", subject, text: `${text}; --repair changes it` };
  const act = async () => {
    const changed = { ...found, ...Object.fromEntries(drift.map((each) => [each.key, each.requested])) };
    await withRetries(`change the stream ${name}`, () => manager.streams.update(name, changed), retryLimit);
  };
  return { action: "change", subject, text, act };
}

function streamText(config: Partial<StreamConfig>, prefix: string): string {
  const { subjects = [], sources = [], max_age = 0, max_bytes = -1, max_msgs_per_subject = -1 } = config;
  const own = subjects.filter((subject) => subject !== config.name);
  const sites = sources.flatMap((source) => sourceSite(source, prefix)?.site ?? []);
  return [
    own.length > 0 ? `subjects ${own.join(", ")}` : `sources: ${sites.length === 0 ? "none yet" : sites.join(", ")}`,
    `${config.num_replicas ?? 1} ${config.num_replicas === 1 ? "replica" : "replicas"}`,
    max_age === 0 ? "kept forever" : `kept for ${durationText(max_age / msNs)}`,
    ...(max_msgs_per_subject === 1 ? ["the last message of each subject"] : []),
    ...(max_bytes > 0 ? [`at most ${max_bytes} bytes`] : []),
    `duplicate window ${durationText((config.duplicate_window ?? 0) / msNs)}`,
  ].join(", ");
}

function consumerStep(
  manager: JetStreamManager,
  stream: string,
  name: string,
  found: ConsumerInfo | undefined,
  retryLimit: RetryLimit,
): FleetStep {
  const subject = `consumer ${name}`;
  if (found === undefined) {
    const text = `durable, of ${stream}: all records from the first one, each until it is acknowledged`;
    const act = async () => {
      const add = () => manager.consumers.add(stream, billingConsumer(name));
      await withRetries(`create the consumer ${name} of ${stream}`, add, retryLimit);
    };
    return { action: "create", subject, text, act };
  }
  const drift = consumerDrift(found.config);
  if (drift.length === 0) {
    return { action: "keep", subject, text: `durable, of ${stream}: ${found.num_pending} records pending` };
  }
  // A new consumer would deliver every record again: only its user can decide this.
  const text = `${drift.join("; ")}; remove it with: nats consumer rm ${stream} ${name}, and run this again`;
  return { action: "differs", subject, text };
}

const msNs = 1_000_000;
const dayNs = 86_400_000 * msNs;
