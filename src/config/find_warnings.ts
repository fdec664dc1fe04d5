import { isUsbPort, usbLatencyMs } from "./endpoint.ts";
import type { ConfigFile } from "./file_schema.ts";
import { type Finding, nodeAt, type TreeNode } from "./tree.ts";

/** The text and the place of a warning. */
export type Warning = Pick<Finding, "place" | "path"> & { readonly text: string };

type LineEntry = ConfigFile["lines"][number];
type MeterEntry = LineEntry["meters"][number];

/**
 * A restart of a meter takes six seconds. Between two readings, and until the first timeout, the meter gets no request.
 */
const maxRetryMs = 4500;

const intervals = ["energy_interval_ms", "temperature_interval_ms", "signed_value_interval_ms"] as const;

/**
 * Finds values that are allowed but probably not intended.
 *
 * @param file the result of the schema for `root`
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
  if (node === undefined || silence >= usbLatencyMs || !isUsbPort(port)) return [];
  const { place, path } = node;
  const text = `${silence} is shorter than the ${usbLatencyMs} ms for which a USB adapter can delay bytes (its ` +
    "latency timer): complete answers can be rejected as incomplete";
  return [{ place, path, text }];
}

/** One warning for the line, because its meters usually have the same settings. */
function restartWarnings(line: LineEntry, node?: TreeNode): Warning[] {
  const slowToFail = line.meters.filter((meter) => totalRetryMs(line, meter) > maxRetryMs);
  const [first] = slowToFail;
  if (first === undefined || node === undefined) return [];
  const meterNode = nodeAt(node, ["meters", line.meters.indexOf(first)]);
  const { place, path } = (meterNode && nodeAt(meterNode, ["communication_retry_count"])) ?? meterNode ?? node;
  const more = slowToFail.length === 1 ? "" : ` and ${slowToFail.length - 1} more of line ${line.name}`;
  const seconds = totalRetryMs(line, first) / 1000;
  const text = `the attempts to read meter ${first.name}${more} take up to ${seconds} s (communication_retry_count, ` +
    "communication_retry_delay_ms, and retries and initial_timeout_ms of the line): a restart of the meter takes " +
    "about 6 s and may not raise CommunicationError";
  return [{ place, path, text }];
}

function warningsOf(meter: MeterEntry, node: TreeNode): Warning[] {
  const warnings: Warning[] = [];
  const warn = (key: string, text: string) => {
    const { place, path } = nodeAt(node, [key]) ?? node;
    warnings.push({ place, path, text });
  };
  if (meter.powermeter_device_id > 247) {
    warn("powermeter_device_id", `${meter.powermeter_device_id} is above 247, the highest unit id in Modbus`);
  }
  const live = meter.live_measurement_interval_ms;
  for (const key of intervals) {
    const interval = meter[key];
    if (interval !== undefined && interval < live) {
      warn(key, `${interval} is less than live_measurement_interval_ms of meter ${meter.name}: ${live} is used`);
    }
  }
  return warnings;
}

/** How long a meter can be silent before a read fails. */
function totalRetryMs({ retries, initial_timeout_ms: timeoutMs }: LineEntry, meter: MeterEntry): number {
  const { communication_retry_count: attempts, communication_retry_delay_ms: delayMs } = meter;
  return attempts * (retries + 1) * timeoutMs + (attempts - 1) * delayMs;
}
