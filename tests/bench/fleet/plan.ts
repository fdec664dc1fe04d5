import { readingBytes } from "../../../src/config/readings_volume.ts";
import type { HubFigures } from "./hubs.ts";

/** A fleet to plan for. */
interface PlannedFleet {
  readonly name: string;
  readonly readingsEveryS: number;
  /** Length of a stored reading, relative to a signed one. */
  readonly size: number;
}

const meters = 1_000_000;
const metersPerStation = 13;
const keptDays = 7;
/** A server with 50 % load has capacity for the messages after an outage. */
const busiest = 0.5;
const { base, energies, temperature, signed, stored } = readingBytes;
/** Size of a stored reading without a signed value, relative to a signed one. */
const leanShare = (base + energies + temperature + stored) / (base + energies + temperature + signed + stored);

const fleets: readonly PlannedFleet[] = [
  { name: "signed, 1 s", readingsEveryS: 1, size: 1 },
  { name: "lean, 1 s", readingsEveryS: 1, size: leanShare },
  { name: "lean, 10 s", readingsEveryS: 10, size: leanShare },
  { name: "lean, 60 s", readingsEveryS: 60, size: leanShare },
];

/**
 * Computes the requirements of a million meters from the results of a cluster of three on this machine, as Markdown.
 */
export function planText({ flatOut, flatOutCores, bytesPerReading }: HubFigures): string {
  const perCore = flatOut / flatOutCores;
  const rows = fleets.map(({ name, readingsEveryS, size }) => {
    const rate = meters / readingsEveryS;
    const cores = rate / perCore / busiest;
    const terabytes = rate * bytesPerReading * size * 86_400 * keptDays / 1e12;
    const gigabits = rate * bytesPerReading * size * 8 / 1e9;
    return `| ${name} | ${rate.toFixed(0)} | ${cores.toFixed(1)} | ${gigabits.toFixed(2)} | ${terabytes.toFixed(2)} |`;
  });
  return [
    "## Plan for a million meters",
    "",
    `${Math.ceil(meters / metersPerStation)} stations with ${metersPerStation} meters each. Cores are those of all ` +
    `servers together, with three copies, when they are ${busiest * 100} % busy: computed from ` +
    `${perCore.toFixed(0)} readings/s for each core. Disk is for ${keptDays} days, for each copy.`,
    "",
    "| readings at the hub | readings/s | cores | Gbit/s into the hub | TB for each copy |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
