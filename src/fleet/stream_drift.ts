import { nanos, type StreamConfig } from "nats";

/** A setting of a stream that differs from the request. */
export interface Drift {
  readonly key: keyof StreamConfig;
  /** "duplicate_window is 2 min, requested 100 ms" */
  readonly text: string;
  /** The requested value. */
  readonly requested: unknown;
  /** Whether the server can change it. */
  readonly changeable: boolean;
}

/** The compared settings, most important first. */
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

/** Default values of settings. */
const defaults: Partial<Record<keyof StreamConfig, unknown>> = {
  max_bytes: -1,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  allow_direct: false,
  discard: "old",
};

const fixed: readonly (keyof StreamConfig)[] = ["retention", "storage"];

/** Returns the differences from a requested configuration. */
export function streamDrift(requested: Partial<StreamConfig>, found: StreamConfig): Drift[] {
  return compared.flatMap((key) => {
    const [is, should] = [settingOf(found, key), settingOf(requested, key)];
    if (JSON.stringify(is) === JSON.stringify(should)) return [];
    return [{
      key,
      text: `${key} is ${shown(key, is)}, requested ${shown(key, should)}`,
      requested: should,
      changeable: !fixed.includes(key),
    }];
  });
}

function settingOf(config: Partial<StreamConfig>, key: keyof StreamConfig): unknown {
  const value = config[key];
  if (key === "subjects") {
    // A stream without subjects and sources has its own name as a subject.
    const subjects = (config.subjects ?? []).filter((subject) => subject !== config.name);
    return subjects.sort();
  }
  return value ?? defaults[key];
}

function shown(key: keyof StreamConfig, value: unknown): string {
  if (key === "max_age" && value === 0) return "unlimited";
  if (key === "max_age" || key === "duplicate_window") return durationText(Number(value) / nanos(1));
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return value === -1 ? "unlimited" : String(value);
}

/** Formats a duration in its largest whole unit: `7 d`, `2 min`, `100 ms`. */
export function durationText(ms: number): string {
  for (const [unit, length] of [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]] as const) {
    if (ms >= length && ms % length === 0) return `${ms / length} ${unit}`;
  }
  return `${ms} ms`;
}
