import type { ConsumerInfo, JetStreamManager, StreamConfig, StreamInfo } from "nats";
import { type StreamKind, streamKinds, streamName } from "../nats/mod.ts";
import { billingConsumer, consumerDrift } from "./billing_consumer.ts";
import { existingStreams, orAbsent, topologyOf } from "./existing.ts";
import { FleetUsageError, type Patience, patiently } from "./retries.ts";
import type { FleetStep } from "./step.ts";
import { durationText, streamDrift } from "./stream_drift.ts";
import {
  fleetStreams,
  type FleetStreamsOptions,
  type ReadingsChoice,
  sourceSite,
  type Topology,
} from "./stream_plan.ts";

/** What a fleet is to have; absent parts are as they are found, else as each says. */
export interface SetupOptions {
  readonly prefix: string;
  /** Has to be there where no stream exists. */
  readonly topology?: Topology | undefined;
  /** @default all */
  readonly readings?: ReadingsChoice | undefined;
  /** @default 3 in a cluster, else 1 */
  readonly replicas?: number | undefined;
  /** @default 7; 0 = for ever */
  readonly readingsMaxAgeDays?: number | undefined;
  /** @default no limit */
  readonly readingsMaxBytes?: number | undefined;
  /** Durable consumers of the records. */
  readonly consumers: readonly string[];
  /** Whether to change what exists and differs. */
  readonly repair: boolean;
  /** Whether the server that we are connected to belongs to a cluster. */
  readonly isCluster: boolean;
}

/**
 * Compares what is wanted with what JetStream has.
 *
 * @returns what would be done, in the order of doing it; nothing has been done
 * @throws {FleetError} JetStream refuses, or does not answer
 * @throws {FleetUsageError} no stream exists and no topology is given
 */
export async function planSetup(
  manager: JetStreamManager,
  options: SetupOptions,
  patience: Patience,
): Promise<FleetStep[]> {
  const { prefix, consumers } = options;
  const found = await existingStreams(manager, prefix, patience);
  const streams = fleetStreams(filledIn(options, found));
  const steps: FleetStep[] = [];
  for (const kind of streamKinds) {
    const wanted = streams.get(kind);
    const step = wanted === undefined
      ? unwantedStep(found.get(kind)?.config)
      : streamStep(manager, wanted, found.get(kind)?.config, options, patience);
    if (step !== undefined) steps.push(step);
  }
  const records = streamName(prefix, "ocmf");
  for (const name of consumers) {
    const info = found.has("ocmf")
      ? await patiently(`look at the consumer ${name}`, () => orAbsent(manager.consumers.info(records, name)), patience)
      : undefined;
    steps.push(consumerStep(manager, records, name, info, patience));
  }
  return steps;
}

function filledIn(options: SetupOptions, found: ReadonlyMap<StreamKind, StreamInfo>): FleetStreamsOptions {
  const records = found.get("ocmf")?.config;
  const readings = found.get("readings")?.config;
  const topology = options.topology ?? (records === undefined ? undefined : topologyOf(records));
  if (topology === undefined) {
    throw new FleetUsageError(
      "no stream exists yet, so it has to be said: --topology hub where nodes publish to edge servers of their own, " +
        "--topology single where they publish to these servers",
    );
  }
  const lastOnly = readings?.max_msgs_per_subject === 1 ? "last" : "all";
  const foundDays = readings === undefined ? 7 : readings.max_age / dayNs;
  const foundBytes = readings === undefined || readings.max_bytes < 0 ? undefined : readings.max_bytes;
  return {
    prefix: options.prefix,
    topology,
    readings: options.readings ?? (records !== undefined && readings === undefined ? "none" : lastOnly),
    replicas: options.replicas ?? records?.num_replicas ?? (options.isCluster ? 3 : 1),
    readingsMaxAgeDays: options.readingsMaxAgeDays ?? foundDays,
    readingsMaxBytes: options.readingsMaxBytes ?? foundBytes,
  };
}

function unwantedStep(found: StreamConfig | undefined): FleetStep | undefined {
  if (found === undefined) return undefined;
  const text = `it is not wanted, and is left alone; remove it with: nats stream rm ${found.name}`;
  return { action: "differs", subject: `stream ${found.name}`, text };
}

function streamStep(
  manager: JetStreamManager,
  wanted: Partial<StreamConfig>,
  found: StreamConfig | undefined,
  { prefix, repair }: SetupOptions,
  patience: Patience,
): FleetStep {
  const name = wanted.name ?? "";
  const subject = `stream ${name}`;
  if (found === undefined) {
    const act = async () => {
      await patiently(`create the stream ${name}`, () => manager.streams.add(wanted), patience);
    };
    return { action: "create", subject, text: streamText(wanted, prefix), act };
  }
  if ((wanted.subjects ?? []).length > 0 && (found.sources ?? []).length > 0) {
    const text = "it has sources, so that what they bring would be stored twice; fleet site remove removes them";
    return { action: "differs", subject, text };
  }
  const drift = streamDrift(wanted, found);
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
    const changed = { ...found, ...Object.fromEntries(drift.map((each) => [each.key, each.wanted])) };
    await patiently(`change the stream ${name}`, () => manager.streams.update(name, changed), patience);
  };
  return { action: "change", subject, text, act };
}

function streamText(config: Partial<StreamConfig>, prefix: string): string {
  const { subjects = [], sources = [], max_age = 0, max_bytes = -1, max_msgs_per_subject = -1 } = config;
  const own = subjects.filter((subject) => subject !== config.name);
  const sites = sources.flatMap((source) => sourceSite(source, prefix)?.site ?? []);
  return [
    own.length > 0 ? `subjects ${own.join(", ")}` : `sources: ${sites.length === 0 ? "none yet" : sites.join(", ")}`,
    `${config.num_replicas ?? 1} ${config.num_replicas === 1 ? "copy" : "copies"}`,
    max_age === 0 ? "kept for ever" : `kept for ${durationText(max_age / msNs)}`,
    ...(max_msgs_per_subject === 1 ? ["the last message of each subject"] : []),
    ...(max_bytes > 0 ? [`${max_bytes} bytes at most`] : []),
    `duplicate window ${durationText((config.duplicate_window ?? 0) / msNs)}`,
  ].join(", ");
}

function consumerStep(
  manager: JetStreamManager,
  stream: string,
  name: string,
  found: ConsumerInfo | undefined,
  patience: Patience,
): FleetStep {
  const subject = `consumer ${name}`;
  if (found === undefined) {
    const text = `durable, of ${stream}: from the first record on, each until it is acknowledged`;
    const act = async () => {
      const add = () => manager.consumers.add(stream, billingConsumer(name));
      await patiently(`create the consumer ${name} of ${stream}`, add, patience);
    };
    return { action: "create", subject, text, act };
  }
  const drift = consumerDrift(found.config);
  if (drift.length === 0) {
    return { action: "keep", subject, text: `durable, of ${stream}: ${found.num_pending} records wait` };
  }
  // Created again, it would deliver every record once more, which only its user can decide.
  const text = `${drift.join("; ")}; remove it with: nats consumer rm ${stream} ${name}, and run this again`;
  return { action: "differs", subject, text };
}

const msNs = 1_000_000;
const dayNs = 86_400_000 * msNs;
