import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import type { StreamKind, WantedStream } from "./streams.ts";

/** Something about an existing stream that is not as it has to be. */
export interface Finding {
  /** Goes on after "the stream". */
  readonly text: string;
  /** Whether the stream can lose a message through it. */
  readonly loses: boolean;
  /** Option of `nats stream edit` that corrects it; absent: no edit can. */
  readonly option?: string;
}

/**
 * Compares an existing stream with what one of its kind needs. A limit that the configuration states is no finding. What
 * is good for readings or states is not looked for in a stream of another name: it may keep more than those.
 */
export function checkStream(found: StreamConfig, kind: StreamKind, wanted: WantedStream): Finding[] {
  const lost = losses(found, kind, wanted);
  if (kind !== "ocmf" && found.name !== wanted.name) return lost;
  return [...lost, ...limits(found, kind, wanted), ...copies(found, wanted)];
}

/** A stream of readings that takes the room of records too. */
export function unlimited(neededBytes: number): Finding {
  return {
    text: "has no limit, so that readings can fill the room of records",
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
  if (found.storage === StorageType.Memory) lost("keeps messages in memory, which does not outlast its server");
  if (isShorter(found.max_age, wanted.max_age)) {
    lost(
      `keeps a message for ${duration(found.max_age)} and not for ${duration(wanted.max_age)}`,
      `--max-age=${seconds(wanted.max_age)}`,
    );
  }
  if (kind !== "state" && found.max_msgs_per_subject > 0) {
    const last = found.max_msgs_per_subject === 1 ? "last message" : `last ${found.max_msgs_per_subject} messages`;
    lost(`keeps only the ${last} of a subject`, "--max-msgs-per-subject=-1");
  }
  if (found.no_ack) lost("acknowledges nothing, so that no message counts as kept", "--ack");
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
  return finding(`is full with ${full.join(" or ")}, which the configuration does not state`, false, ...lift);
}

function copies(found: StreamConfig, wanted: WantedStream): Finding[] {
  const findings: Finding[] = [];
  const differs = (text: string, option: string) => findings.push({ text, loses: false, option });
  if (found.num_replicas < wanted.num_replicas) {
    differs(`has ${found.num_replicas} and not ${wanted.num_replicas} replicas`, `--replicas=${wanted.num_replicas}`);
  }
  const window = found.max_age === 0 ? wanted.duplicate_window : Math.min(wanted.duplicate_window, found.max_age);
  if (found.duplicate_window < window) {
    differs(
      `recognises a repeated message for ${duration(found.duplicate_window)} and not for ${duration(window)}`,
      `--dupe-window=${seconds(window)}`,
    );
  }
  if (wanted.max_msgs_per_subject === 1 && found.max_msgs_per_subject !== 1) {
    differs("keeps more than the last message of a subject", "--max-msgs-per-subject=1");
  }
  if (wanted.allow_direct === true && !found.allow_direct) differs("does not allow direct get", "--allow-direct");
  return findings;
}

/** Whether a limit in nanoseconds is shorter than another; 0 is none. */
function isShorter(found: number, wanted: number): boolean {
  return found > 0 && (wanted === 0 || found < wanted);
}

function isLower(found: number, kind: StreamKind, wanted = -1): boolean {
  if (found <= 0) return false;
  // A limit of readings that nobody configured depends on the room that there was when the stream was created.
  return wanted > 0 ? found < wanted : kind !== "readings";
}

function seconds(ns: number): string {
  return `${ns / 1e9}s`;
}

function duration(ns: number): string {
  if (ns === 0) return "ever";
  const [length, unit] = durations.find(([length]) => ns % length === 0) ?? [1e9, "s"];
  return `${ns / length} ${unit}`;
}

const durations = [[86_400e9, "d"], [3_600e9, "h"], [60e9, "min"]] as const;
