import { endpointEntry, endpointOf } from "./endpoint.ts";
import { localTimeKeys } from "./spread_defaults.ts";
import { childOf, type Finding, itemsOf, type MapNode, textOf, type TreeNode } from "./tree.ts";

/**
 * Checks several values together: keys that exclude or require each other, and names, unit ids and ports that must be
 * unique. It also checks files with other mistakes, so that all mistakes are reported at once.
 *
 * @param file path of the configuration file
 */
export function checkTogether(root: TreeNode, file: string): Finding[] {
  const lines = itemsOf(childOf(root, "lines"));
  const meters = lines.flatMap((line) => itemsOf(childOf(line, "meters")));
  return [
    ...checkNats(childOf(root, "nats")),
    ...lines.flatMap(checkAddress),
    ...lines.flatMap(checkRts),
    ...meters.flatMap(checkLocalTime),
    ...checkUnique(lines, "name", quoted, "each name once"),
    ...checkUnique(meters, "name", quoted, "each name once in the file"),
    ...lines.flatMap((line) =>
      checkUnique(itemsOf(childOf(line, "meters")), "powermeter_device_id", unitOf, unitsOnce)
    ),
    ...checkUnique(lines, "serial_port", (node) => portOf(textOf(node), undefined, file), "each port on one line"),
    ...checkUnique(lines, "gateway", (node) => portOf(undefined, textOf(node), file), "each gateway on one line"),
  ];
}

const unitsOnce = "each unit id once on a line";

function quoted(node: TreeNode | undefined): string | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : JSON.stringify(text);
}

/** The unit id as the schema reads it; the default is 1. */
function unitOf(node: TreeNode | undefined): string | undefined {
  const unit = node === undefined ? 1 : Number(textOf(node) ?? NaN);
  return Number.isNaN(unit) ? undefined : String(unit);
}

function portOf(serialPort: string | undefined, gateway: string | undefined, file: string): string | undefined {
  const endpoint = endpointOf(serialPort, gateway, file);
  return endpoint === undefined ? undefined : JSON.stringify(Object.values(endpointEntry(endpoint)).join());
}

function checkUnique(
  nodes: readonly TreeNode[],
  key: string,
  valueOf: (node: TreeNode | undefined) => string | undefined,
  allowed: string,
): Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const parent of nodes) {
    if (parent.kind !== "map") continue;
    const node = childOf(parent, key);
    const value = valueOf(node);
    if (value === undefined) continue;
    const path = node?.path ?? `${parent.path}.${key}`;
    const taken = first.get(value);
    if (taken === undefined) first.set(value, path);
    else findings.push({ place: (node ?? parent).place, path, found: `${value}, as at ${taken}`, allowed });
  }
  return findings;
}

function checkAddress(line: TreeNode): Finding[] {
  if (line.kind !== "map") return [];
  const allowed = "exactly one of serial_port and gateway";
  const second = present(line, ["serial_port", "gateway"])[1];
  if (second !== undefined) return [{ ...second, found: "both", allowed }];
  if (line.entries.has("serial_port") || line.entries.has("gateway")) return [];
  return [{ place: line.place, path: line.path, found: "neither serial_port nor gateway", allowed }];
}

function checkLocalTime(meter: TreeNode): Finding[] {
  const second = meter.kind === "map" ? present(meter, localTimeKeys)[1] : undefined;
  return second === undefined ? [] : [{ ...second, found: "both", allowed: `one of ${localTimeKeys.join(" and ")}` }];
}

/** RTS can have only one use, and only on a local serial port. */
function checkRts(line: TreeNode): Finding[] {
  if (line.kind !== "map") return [];
  const isOff = (key: string) => key === "rtscts" && textOf(childOf(line, key)) === "false";
  const users = present(line, ["rs485", "rts", "rtscts"].filter((key) => !isOff(key)));
  const tooMany = users.slice(1).map((at) => ({ ...at, found: "a second use of RTS", allowed: oneUseOfRts }));
  if (!line.entries.has("gateway")) return tooMany;
  const ours = present(line, ["rs485", "rts"]);
  return [
    ...tooMany,
    ...ours.map((at) => ({ ...at, found: "a setting of a serial port together with gateway", allowed: localPortOnly })),
  ];
}

const oneUseOfRts = "one of rs485, rts and rtscts";
const localPortOnly = "rs485 and rts only with serial_port; the command bridge has the same options";

function checkNats(nats: TreeNode | undefined): Finding[] {
  if (nats?.kind !== "map") return [];
  const tls = childOf(nats, "tls");
  const allowed = "one of credentials_file, user with password, token and nkey_seed_file";
  const user = nats.entries.has("user") ? "user" : "password";
  const kinds = present(nats, ["credentials_file", user, "token", "nkey_seed_file"]);
  const tooMany = kinds.slice(1).map((at) => ({ ...at, found: "a second kind of credentials", allowed }));
  return [
    ...tooMany,
    ...checkPair(nats, "user", "password"),
    ...(tls?.kind === "map" ? checkPair(tls, "cert_file", "key_file") : []),
  ];
}

/** Checks two keys that require each other. */
function checkPair(map: MapNode, one: string, other: string): Finding[] {
  const [first, second] = present(map, [one, other]);
  if (first === undefined || second !== undefined) return [];
  const absent = map.entries.has(one) ? other : one;
  return [{ ...first, found: `no ${absent} with it`, allowed: `both ${one} and ${other}, or neither` }];
}

/** Returns the given keys that a mapping has, in the order of the file. */
function present(map: MapNode, keys: readonly string[]): { place: Finding["place"]; path: string }[] {
  return [...map.entries].filter(([key]) => keys.includes(key)).map(([, { keyPlace, node }]) => ({
    place: keyPlace,
    path: node.path,
  }));
}
