import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import type { StreamKind, WantedStream } from "./streams.ts";

/** A setting of an existing stream that is not as required. */
export interface Finding {
  /** Continues a sentence that begins with "the stream". */
  readonly text: string;
  /** Whether the stream can lose a message because of it. */
  readonly loses: boolean;
  /** Option of `nats stream edit` that corrects it; undefined: an edit cannot correct it. */
  readonly option?: string;
}

/**
 * Compares an existing stream with the requirements of its kind. A configured limit is not a finding. A stream of
 * readings or states with another name is checked only for losses, because it may store other messages, too.
 */
export function checkStream(found: StreamConfig, kind: StreamKind, wanted: WantedStream): Finding[] {
  const lost = losses(found, kind, wanted);
  if (kind !== "ocmf" && found.name !== wanted.name) return lost;
  return [...lost, ...limits(found, kind, wanted), ...copies(found, wanted)];
}

/** The finding for a stream of readings that can use the room of records. */
export function unlimited(neededBytes: number): Finding {
  return {
    text: "has no limit, so readings can fill the room of records",
    loses: false,
    option: `--max-bytes=${Math.floor(neededBytes)}`,
  };
}

function losses(found: StreamConfig, kind: StreamKind, wanted: WantedStream): Finding[] {
  const findings: Finding[] = [];
  const lost = (text: string, option?: string) =>
    findings.push({ text, loses: true, ...(option === undefined ? {} : { option }) });
  if (found.retention === RetentionPolicy.Interest) lost("removes a message when no consumer waits for it");
  if (found.retention === RetentionPolicy.Workqueue) lost("removes a message when one consumer has acknowledged it");
  if (found.storage === StorageType.Memory) lost("keeps messages in memory, which are lost when its server stops");
  if (isShorter(found.max_age, wanted.max_age)) {
    lost(
      `keeps a message for ${duration(found.max_age)} instead of ${duration(wanted.max_age)}`,
      `--max-age=${seconds(wanted.max_age)}`,
    );
  }
  if (kind !== "state" && found.max_msgs_per_subject > 0) {
    const last = found.max_msgs_per_subject === 1 ? "last message" : `last ${found.max_msgs_per_subject} messages`;
    lost(`keeps only the ${last} of a subject`, "--max-msgs-per-subject=-1");
  }
  if (found.no_ack) lost("acknowledges nothing, so no message counts as stored", "--ack");
  return findings;
}

function limits(found: StreamConfig, kind: StreamKind, wanted: WantedStream): Finding[] {
  const isLow = isLower(found.max_bytes, kind, wanted.max_bytes);
  const lift = [
    ...(found.max_msgs > 0 ? ["--max-msgs=-1"] : []),
    ...(isLow ? [`--max-bytes=${wanted.max_bytes ?? -1}`] : []),
  ];
  const limited = found.max_msgs > 0 || found.max_bytes > 0;
  const finding = (text: string, loses: boolean, ...options: string[]) => [{ text, loses, option: options.join(" ") }];
  if (kind === "ocmf" && limited && found.discard !== DiscardPolicy.New) {
    return finding("discards the oldest messages when it is full", true, "--discard=new", ...lift);
  }
  if (kind === "readings" && limited && found.discard === DiscardPolicy.New) {
    return finding("refuses new messages when it is full", false, "--discard=old", ...lift);
  }
  if (lift.length === 0) return [];
  const full = [
    ...(found.max_msgs > 0 ? [`${found.max_msgs} messages`] : []),
    ...(isLow ? [`${found.max_bytes} bytes`] : []),
  ];
  return finding(`is full with ${full.join(" or ")}, which is not configured`, false, ...lift);
}

function copies(found: StreamConfig, wanted: WantedStream): Finding[] {
  const findings: Finding[] = [];
  const differs = (text: string, option: string) => findings.push({ text, loses: false, option });
  if (found.num_replicas < wanted.num_replicas) {
    differs(
      `has ${found.num_replicas} instead of ${wanted.num_replicas} replicas`,
      `--replicas=${wanted.num_replicas}`,
    );
  }
  const window = found.max_age === 0 ? wanted.duplicate_window : Math.min(wanted.duplicate_window, found.max_age);
  if (found.duplicate_window < window) {
    differs(
      `recognises a repeated message for ${duration(found.duplicate_window)} instead of ${duration(window)}`,
      `--dupe-window=${seconds(window)}`,
    );
  }
  if (wanted.max_msgs_per_subject === 1 && found.max_msgs_per_subject !== 1) {
    differs("keeps more than the last message of a subject", "--max-msgs-per-subject=1");
  }
  if (wanted.allow_direct === true && !found.allow_direct) differs("does not allow direct get", "--allow-direct");
  return findings;
}

/** Whether a limit in nanoseconds is shorter than another; 0: no limit. */
function isShorter(found: number, wanted: number): boolean {
  return found > 0 && (wanted === 0 || found < wanted);
}

function isLower(found: number, kind: StreamKind, wanted = -1): boolean {
  if (found <= 0) return false;
  // A limit of readings that is not configured depends on the free room when the stream was created
  return wanted > 0 ? found < wanted : kind !== "readings";
}

function seconds(ns: number): string {
  return `${ns / 1e9}s`;
}

function duration(ns: number): string {
  if (ns === 0) return "an unlimited time";
  const [length, unit] = durations.find(([length]) => ns % length === 0) ?? [1e9, "s"];
  return `${ns / length} ${unit}`;
}

const durations = [[86_400e9, "d"], [3_600e9, "h"], [60e9, "min"]] as const;
