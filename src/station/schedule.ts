import { isDeepStrictEqual } from "node:util";
import { endpointText } from "../base/endpoint.ts";
import type { LineSettings } from "../config/mod.ts";
import type { Change, WaitingChange } from "./change.ts";
import { compareLines, isSameLine, linesByName, type MeterPlace, placesOf } from "./compare_lines.ts";
import { Conditions } from "./conditions.ts";

/** The steps toward a wanted configuration that can be taken now, in the order of the fields. */
export interface Schedule {
  /** Names of meters to stop. */
  readonly stop: readonly string[];
  /** Names of lines to close. Their meters are among those to stop. */
  readonly close: readonly string[];
  /** Lines to open. */
  readonly open: readonly LineSettings[];
  /** Meters to start. */
  readonly start: readonly MeterPlace[];
  /** The changes that these steps complete. */
  readonly applied: readonly Change[];
  /** The changes that wait. */
  readonly waiting: readonly WaitingChange[];
}

/**
 * Decides which steps can be taken now. A busy meter is not stopped, and whatever needs its line, its device or its unit
 * id waits for it. A meter or a line that cannot be put into service again at once is not taken out of service before.
 *
 * @param inForce lines and meters in service
 * @param wanted the newest configuration
 * @param isBusy whether a meter has an open transaction, or works on one
 */
export function schedule(
  inForce: readonly LineSettings[],
  wanted: readonly LineSettings[],
  isBusy: (meter: string) => boolean,
): Schedule {
  const [linesHere, linesThere] = [linesByName(inForce), linesByName(wanted)];
  const [here, there] = [placesOf(inForce), placesOf(wanted)];
  const closing = inForce.filter((line) => !isSameLine(line, linesThere.get(line.name)));
  const opening = wanted.filter((line) => !isSameLine(line, linesHere.get(line.name)));
  const stopping = [...here.values()].filter((place) => !stays(place, there.get(place.meter.name)));
  const starting = [...there.values()].filter((place) => !stays(place, here.get(place.meter.name)));

  const conditions = new Conditions();
  for (const line of closing) for (const { name } of line.meters) conditions.add(`stop ${name}`, `close ${line.name}`);
  for (const line of closing) {
    for (const next of opening) {
      if (line.name !== next.name && portOf(line) !== portOf(next)) continue;
      conditions.add(`close ${line.name}`, `open ${next.name}`);
      conditions.add(`open ${next.name}`, `close ${line.name}`);
    }
  }
  for (const next of starting) {
    const { name } = next.meter;
    if (opening.includes(next.line)) conditions.add(`open ${next.line.name}`, `start ${name}`);
    for (const old of stopping) {
      const isSame = old.meter.name === name;
      if (!isSame && addressOf(old) !== addressOf(next)) continue;
      conditions.add(`stop ${old.meter.name}`, `start ${name}`);
      // A meter with a new name takes the place of the old one
      if (isSame || !here.has(name)) conditions.add(`start ${name}`, `stop ${old.meter.name}`);
    }
  }
  const busy = stopping.map(({ meter }) => meter.name).filter(isBusy);
  const blocked = conditions.blockedBy(busy.map((name) => [`stop ${name}`, name]));
  const isFree = (step: string) => !blocked.has(step);
  const changes = compareLines(inForce, wanted).map((change) => ({
    change,
    meters: [...new Set(stepsOf(change).flatMap((step) => [...blocked.get(step) ?? []]))],
  }));
  return {
    stop: stopping.map(({ meter }) => meter.name).filter((name) => isFree(`stop ${name}`)),
    close: closing.map(({ name }) => name).filter((name) => isFree(`close ${name}`)),
    open: opening.filter(({ name }) => isFree(`open ${name}`)),
    start: starting.filter(({ meter }) => isFree(`start ${meter.name}`)),
    applied: changes.filter(({ meters }) => meters.length === 0).map(({ change }) => change),
    waiting: changes.filter(({ meters }) => meters.length > 0),
  };
}

function stays(one: MeterPlace, other: MeterPlace | undefined): boolean {
  return other !== undefined && isSameLine(one.line, other.line) && isDeepStrictEqual(one.meter, other.meter);
}

function stepsOf({ subject, name }: Change): string[] {
  return subject === "line" ? [`close ${name}`, `open ${name}`] : [`stop ${name}`, `start ${name}`];
}

function portOf({ endpoint }: LineSettings): string {
  return endpointText(endpoint);
}

function addressOf({ line, meter }: MeterPlace): string {
  return `${meter.unit} on ${portOf(line)}`;
}
