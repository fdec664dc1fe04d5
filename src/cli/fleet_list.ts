import type { NatsConnection } from "nats";
import { type ListedSite, listFleet } from "../fleet/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { availableWidth } from "./record_table.ts";
import { siteTable } from "./site_table.ts";

/** Filters of the list; a site must match all of them. */
export interface FleetListArguments extends ConnectionOptions {
  readonly site?: string;
  readonly faults?: boolean;
  readonly lost?: boolean;
  readonly undelivered?: boolean;
  readonly open?: boolean;
  readonly duplicates?: boolean;
  /** Version. */
  readonly release?: string;
  readonly json: boolean;
}

type ListIo = Pick<Io, "out" | "err" | "env" | "terminalSize">;

/**
 * Lists the sites of a fleet.
 *
 * @returns the exit code: 0 listed, also if no site matches the filters, 1 there is no site at all, or a part of the
 * data cannot be read, 2 wrong usage, 3 no connection to NATS
 */
export function fleetList(args: FleetListArguments, io: ListIo): Promise<number> {
  return withBus(args, io, (client, bus) => listOn(client, bus, args, io));
}

async function listOn(client: NatsConnection, bus: Bus, args: FleetListArguments, io: ListIo): Promise<number> {
  const { prefix, jetstream: { domain } } = bus;
  const { sites, problems } = await listFleet(client, { prefix, site: args.site, domain });
  io.err(lines(...problems));
  if (sites.length === 0) {
    const requested = args.site === undefined ? "No site" : `No site ${args.site}`;
    io.err(
      lines(`${requested} has a status under ${prefix} or answers. Check --prefix, and that the node uses this NATS`),
    );
    return exitCode.failed;
  }
  const matching = sites.filter((site) => matches(site, args));
  if (args.json) { for (const site of matching) io.out(jsonLine(objectOf(site))); }
  else io.out(lines(...siteTable(matching, availableWidth(io)), ...summary(sites, matching)));
  return problems.length === 0 ? exitCode.done : exitCode.failed;
}

function matches(site: ListedSite, args: FleetListArguments): boolean {
  const { faults, lost, undelivered, open, duplicates, release } = args;
  return (!faults || site.faults.length > 0) && (!lost || site.state === "lost") &&
    (!undelivered || site.undeliveredRecords > 0) && (!open || Object.keys(site.openTransactions).length > 0) &&
    (!duplicates || isDoubled(site)) && (release === undefined || site.version === release);
}

/** The second process may only report a fault and publish nothing else. */
function isDoubled({ duplicates, faults }: ListedSite): boolean {
  return duplicates.length > 0 || faults.some(({ sub_type: subType }) => subType === "DuplicateSite");
}

function summary(all: readonly ListedSite[], shown: readonly ListedSite[]): string[] {
  const lost = all.filter(({ state }) => state === "lost").length;
  const faulty = all.filter(({ faults }) => faults.length > 0).length;
  return ["", `${shown.length} of ${all.length} sites; ${lost} lost, ${faulty} with faults`];
}

/** A site as JSON. */
function objectOf(site: ListedSite): object {
  return {
    site: site.site,
    state: site.state,
    version: site.version,
    instances: site.instances,
    last_beat_s: site.lastBeatSeconds,
    lines: site.lines,
    meters: site.meters,
    open_transactions: site.openTransactions,
    faults: site.faults,
    undelivered_records: site.undeliveredRecords,
    spooled_readings: site.spooledReadings,
    duplicates: site.duplicates,
  };
}
