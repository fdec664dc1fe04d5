import type { ConfigFile } from "./file_schema.ts";
import { type Finding, nodeAt, type TreeNode } from "./tree.ts";
import { isUsbPort, shortestUsbSilenceMs } from "./usb_port.ts";

/** What a warning says and where. */
export type Warning = Pick<Finding, "place" | "path"> & { readonly text: string };

type LineEntry = ConfigFile["lines"][number];
type MeterEntry = LineEntry["meters"][number];

const intervals = ["energy_interval_ms", "temperature_interval_ms", "signed_value_interval_ms"] as const;

/**
 * What is allowed and yet unlikely to be meant.
 *
 * @param file what the schema made of `root`
 */
export function findWarnings(file: ConfigFile, root: TreeNode): Warning[] {
  return file.lines.flatMap((line, lineIndex) => [
    ...silenceWarnings(line, nodeAt(root, ["lines", lineIndex])),
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
