import type { ConfigFile } from "./file_schema.ts";
import { type Finding, nodeAt, type TreeNode } from "./tree.ts";
import { isUsbPort, shortestUsbSilenceMs } from "./usb_port.ts";

/** What a warning says and where. */
export type Warning = Pick<Finding, "place" | "path"> & { readonly text: string };

type LineEntry = ConfigFile["lines"][number];
type MeterEntry = LineEntry["meters"][number];

/** A meter restarts in six seconds; between two readings, and until the first timeout, it gets no request. */
const mostRetryMs = 4500;

const intervals = ["energy_interval_ms", "temperature_interval_ms", "signed_value_interval_ms"] as const;

/**
 * What is allowed and yet unlikely to be meant.
 *
 * @param file what the schema made of `root`
 */
export function findWarnings(file: ConfigFile, root: TreeNode): Warning[] {
  return file.lines.flatMap((line, lineIndex) => [
    ...silenceWarnings(line, nodeAt(root, ["lines", lineIndex])),
    ...restartWarnings(line, nodeAt(root, ["lines", lineIndex])),
    ...line.meters.flatMap((meter, meterIndex) => {
      const node = nodeAt(root, ["lines", lineIndex, "meters", meterIndex]);
      return node?.kind === "map" ? warningsOf(meter, node) : [];
    }),
  ]);
}

function silenceWarnings({ serial_port: port, within_message_timeout_ms: silence }: LineEntry, line?: TreeNode) {
  const node = line && nodeAt(line, ["within_message_timeout_ms"]);
  if (node === undefined || silence >= shortestUsbSilenceMs || !isUsbPort(port)) return [];
  const { place, path } = node;
  const text = `${silence} is shorter than the ${shortestUsbSilenceMs} ms for which a USB adapter holds bytes back ` +
    "(its latency timer): answers can be taken for incomplete";
  return [{ place, path, text }];
}

/** One for the line: its meters have the same settings as a rule. */
function restartWarnings(line: LineEntry, node?: TreeNode): Warning[] {
  const patient = line.meters.filter((meter) => longestRetryMs(line, meter) > mostRetryMs);
  const [first] = patient;
  if (first === undefined || node === undefined) return [];
  const meterNode = nodeAt(node, ["meters", line.meters.indexOf(first)]);
  const { place, path } = (meterNode && nodeAt(meterNode, ["communication_retry_count"])) ?? meterNode ?? node;
  const more = patient.length === 1 ? "" : ` and ${patient.length - 1} more of line ${line.name}`;
  const seconds = longestRetryMs(line, first) / 1000;
  const text =
    `the attempts of a read of meter ${first.name}${more} last up to ${seconds} s (communication_retry_count, ` +
    "communication_retry_delay_ms, and retries and initial_timeout_ms of the line): a restart of the meter takes about " +
    "6 s and can pass without CommunicationError";
  return [{ place, path, text }];
}

function warningsOf(meter: MeterEntry, node: TreeNode): Warning[] {
  const warnings: Warning[] = [];
  const warn = (key: string, text: string) => {
    const { place, path } = nodeAt(node, [key]) ?? node;
    warnings.push({ place, path, text });
  };
  if (meter.powermeter_device_id > 247) {
    warn("powermeter_device_id", `${meter.powermeter_device_id} is above 247, the highest unit id that Modbus assigns`);
  }
  const live = meter.live_measurement_interval_ms;
  for (const key of intervals) {
    const interval = meter[key];
    if (interval !== undefined && interval < live) {
      warn(key, `${interval} is less than live_measurement_interval_ms of meter ${meter.name}: taken as ${live}`);
    }
  }
  return warnings;
}

/** How long a meter may be silent until a read of it fails. */
function longestRetryMs({ retries, initial_timeout_ms: timeoutMs }: LineEntry, meter: MeterEntry): number {
  const { communication_retry_count: attempts, communication_retry_delay_ms: delayMs } = meter;
  return attempts * (retries + 1) * timeoutMs + (attempts - 1) * delayMs;
}
