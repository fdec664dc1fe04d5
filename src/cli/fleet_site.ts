import type { NatsConnection } from "nats";
import { join } from "node:path";
import { systemTime } from "../base/time.ts";
import {
  type FleetStep,
  FleetUsageError,
  type HubAccess,
  openHub,
  planMeterRemoval,
  planSiteAdd,
  planSiteRemoval,
  planSiteRename,
  type SiteFilesOptions,
} from "../fleet/mod.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { failedSteps, retryLimitOf, runSteps, type StepsArguments } from "./fleet_steps.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";
import { checkLeafUrls, checkListen, linesIn } from "./site_input.ts";

/** A site, and how to change it. */
interface SiteArguments extends ConnectionOptions, StepsArguments {
  readonly site: string;
  readonly edgeDomain?: string;
  readonly force: boolean;
  /** How long to retry while a cluster forms. */
  readonly waitMs: number;
}

/** Settings of a new site. */
export interface SiteAddArguments extends SiteArguments {
  readonly folder: string;
  /** Folder of the keys. */
  readonly operator?: string;
  readonly leafUrls: readonly string[];
  readonly edgeListen: string;
  readonly edgeStore: string;
  /** File with the section `lines`. */
  readonly lines?: string;
  /** Whether the hub stores the readings of the site. */
  readonly readings: boolean;
  /** Only the readings of this meter. */
  readonly readingsMeter?: string;
}

/** What is to be removed. */
export interface SiteRemoveArguments extends SiteArguments {
  /** Only the retained messages of this meter. */
  readonly meter?: string;
}

type SiteIo = Pick<Io, "out" | "err" | "env">;

/** Adds a site. @returns the exit code: 1 refused or failed, 2 wrong usage, 3 no connection */
export function fleetSiteAdd(args: SiteAddArguments, io: SiteIo): Promise<number> {
  return onHub(args, io, async (hub, bus) => {
    const { site, edgeDomain: domain = site, readings, readingsMeter } = args;
    const added = { prefix: bus.prefix, site, domain, readings, readingsMeter };
    return await planSiteAdd(hub, added, await filesOf(args, bus, io));
  });
}

/** Prepares the renaming of a site. @returns the exit code, see {@linkcode fleetSiteAdd} */
export function fleetSiteRename(args: SiteAddArguments & { readonly to: string }, io: SiteIo): Promise<number> {
  return onHub(args, io, async (hub, bus) => {
    const { site, to, edgeDomain: domain = to, readings, readingsMeter, force } = args;
    const { prefix } = bus;
    if (to === site) throw new FleetUsageError(`Site ${site} already has this name: give another one`);
    // The lines do not change with the name of the site.
    const before = join(args.folder, site, "site.yaml");
    const lines = args.lines ?? (await isFile(before) ? before : undefined);
    const files = await filesOf({ ...args, ...(lines !== undefined && { lines }) }, bus, io);
    return await planSiteRename(
      hub,
      { prefix, site, force },
      { prefix, site: to, domain, readings, readingsMeter },
      files,
    );
  });
}

/** Removes a site, or the retained messages of a meter. @returns the exit code, see {@linkcode fleetSiteAdd} */
export function fleetSiteRemove(args: SiteRemoveArguments, io: SiteIo): Promise<number> {
  return onHub(args, io, async (hub, { prefix }) => {
    const { site, meter, edgeDomain, force } = args;
    const from = { prefix, site, edgeDomain, force };
    return await (meter === undefined ? planSiteRemoval(hub, from) : planMeterRemoval(hub, { ...from, meter }));
  });
}

function onHub(
  args: SiteArguments,
  io: SiteIo,
  plan: (hub: HubAccess, bus: Bus) => Promise<FleetStep[]>,
): Promise<number> {
  return withBus(args, io, async (connection: NatsConnection, bus) => {
    const retryLimit = retryLimitOf(args.waitMs, io);
    try {
      const hub = await openHub(connection, { prefix: bus.prefix, domain: bus.jetstream.domain, retryLimit });
      const steps = await plan(hub, bus);
      if (steps.length === 0 && !args.json) io.out(lines("Nothing to do"));
      return await runSteps(steps, args, io);
    } catch (error) {
      return failedSteps(error, io);
    }
  });
}

async function filesOf(args: SiteAddArguments, { servers }: Bus, io: SiteIo): Promise<SiteFilesOptions> {
  const { folder, operator: operatorFolder, leafUrls, edgeListen, edgeStore, force } = args;
  checkLeafUrls(leafUrls);
  checkListen(edgeListen);
  const section = args.lines === undefined ? undefined : await linesIn(args.lines, io);
  const nowMs = systemTime.now();
  return { folder, operatorFolder, leafUrls, edgeListen, edgeStore, servers, lines: section, force, nowMs };
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
