import { isDeepStrictEqual } from "node:util";
import type { LineSettings, MeterSettings } from "../config/mod.ts";
import type { Change } from "./change.ts";
import { changedKeys } from "./changed_keys.ts";

/** A meter and its line. */
export interface MeterPlace {
  readonly line: LineSettings;
  readonly meter: MeterSettings;
}

/** All meters by name. */
export function placesOf(lines: readonly LineSettings[]): ReadonlyMap<string, MeterPlace> {
  return new Map(lines.flatMap((line) => line.meters.map((meter) => [meter.name, { line, meter }])));
}

/** All lines by name. */
export function linesByName(lines: readonly LineSettings[]): ReadonlyMap<string, LineSettings> {
  return new Map(lines.map((line) => [line.name, line]));
}

/** Whether a line has the same settings, apart from its meters. */
export function isSameLine(one: LineSettings, other: LineSettings | undefined): boolean {
  return other !== undefined && isDeepStrictEqual(withoutMeters(one), withoutMeters(other));
}

/** The differences between two configurations of lines, by name. The order in the file does not matter. */
export function compareLines(before: readonly LineSettings[], after: readonly LineSettings[]): Change[] {
  const [linesBefore, linesAfter] = [linesByName(before), linesByName(after)];
  const [metersBefore, metersAfter] = [placesOf(before), placesOf(after)];
  return [
    ...removedFrom("line", linesBefore, linesAfter),
    ...after.flatMap((line) => lineChange(linesBefore.get(line.name), line)),
    ...removedFrom("meter", metersBefore, metersAfter),
    ...[...metersAfter.values()].flatMap((place) => meterChange(metersBefore.get(place.meter.name), place)),
  ];
}

function removedFrom(
  subject: Change["subject"],
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): Change[] {
  const gone = [...before.keys()].filter((name) => !after.has(name));
  return gone.map((name) => ({ subject, name, kind: "removed", keys: [] }));
}

function lineChange(before: LineSettings | undefined, after: LineSettings): Change[] {
  const { name } = after;
  if (before === undefined) return [{ subject: "line", name, kind: "added", keys: [] }];
  if (isSameLine(before, after)) return [];
  const endpointKey = after.endpoint.kind === "serial" ? "serial_port" : "gateway";
  const { endpoint: endpointBefore, ...restBefore } = withoutMeters(before);
  const { endpoint: endpointAfter, ...restAfter } = withoutMeters(after);
  const isMoved = !isDeepStrictEqual(endpointBefore, endpointAfter);
  return [{
    subject: "line",
    name,
    kind: "changed",
    keys: [...(isMoved ? [endpointKey] : []), ...changedKeys(restBefore, restAfter)],
  }];
}

function meterChange(before: MeterPlace | undefined, after: MeterPlace): Change[] {
  const { name } = after.meter;
  if (before === undefined) return [{ subject: "meter", name, kind: "added", keys: [] }];
  const isMoved = before.line.name !== after.line.name;
  const keys = changedKeys(named(before.meter), named(after.meter));
  if (!isMoved && keys.length === 0) return [];
  return [{ subject: "meter", name, kind: isMoved ? "moved" : "changed", keys }];
}

/** The settings with the name of the unit id in the file. */
function named({ unit, ...rest }: MeterSettings): object {
  return { powermeterDeviceId: unit, ...rest };
}

function withoutMeters({ meters: _, ...line }: LineSettings): Omit<LineSettings, "meters"> {
  return line;
}
