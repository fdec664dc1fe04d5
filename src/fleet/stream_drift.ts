import { nanos, type StreamConfig } from "nats";

/** A setting of a stream that is not as it should be. */
export interface Drift {
  readonly key: keyof StreamConfig;
  /** "duplicate_window is 2 min, wanted 100 ms" */
  readonly text: string;
  /** What it should be. */
  readonly wanted: unknown;
  /** Whether the server lets it be changed. */
  readonly changeable: boolean;
}

/** Settings that are compared, in the order in which they matter. */
const compared = [
  "retention",
  "storage",
  "subjects",
  "discard",
  "max_age",
  "max_bytes",
  "max_msgs",
  "max_msgs_per_subject",
  "max_msg_size",
  "duplicate_window",
  "num_replicas",
  "allow_direct",
] as const satisfies readonly (keyof StreamConfig)[];

/** What a setting is where a configuration does not state it. */
const unset: Partial<Record<keyof StreamConfig, unknown>> = {
  max_bytes: -1,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  allow_direct: false,
  discard: "old",
};

const fixed: readonly (keyof StreamConfig)[] = ["retention", "storage"];

/** What differs from a wanted configuration, for people. */
export function streamDrift(wanted: Partial<StreamConfig>, found: StreamConfig): Drift[] {
  return compared.flatMap((key) => {
    const [is, should] = [settingOf(found, key), settingOf(wanted, key)];
    if (JSON.stringify(is) === JSON.stringify(should)) return [];
    return [{
      key,
      text: `${key} is ${shown(key, is)}, wanted ${shown(key, should)}`,
      wanted: should,
      changeable: !fixed.includes(key),
    }];
  });
}

function settingOf(config: Partial<StreamConfig>, key: keyof StreamConfig): unknown {
  const value = config[key];
  if (key === "subjects") {
    // A stream with neither subjects nor sources has its own name as a subject, so that it can exist at all.
    const subjects = (config.subjects ?? []).filter((subject) => subject !== config.name);
    return subjects.sort();
  }
  return value ?? unset[key];
}

function shown(key: keyof StreamConfig, value: unknown): string {
  if (key === "max_age" && value === 0) return "unlimited";
  if (key === "max_age" || key === "duplicate_window") return durationText(Number(value) / nanos(1));
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return value === -1 ? "unlimited" : String(value);
}

/** A length of time in its largest whole unit: `7 d`, `2 min`, `100 ms`. */
export function durationText(ms: number): string {
  for (const [unit, length] of [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]] as const) {
    if (ms >= length && ms % length === 0) return `${ms / length} ${unit}`;
  }
  return `${ms} ms`;
}
