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
import { failedSteps, patienceOf, runSteps, type StepsArguments } from "./fleet_steps.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";
import { checkLeafUrls, checkListen, linesIn } from "./site_input.ts";

/** A site, and how to go about it. */
interface SiteArguments extends ConnectionOptions, StepsArguments {
  readonly site: string;
  readonly edgeDomain?: string;
  readonly force: boolean;
  /** How long to try again while a cluster forms. */
  readonly waitMs: number;
}

/** What a new site is to have. */
export interface SiteAddArguments extends SiteArguments {
  readonly folder: string;
  /** Folder of the keys. */
  readonly operator?: string;
  readonly leafUrls: readonly string[];
  readonly edgeListen: string;
  readonly edgeStore: string;
  /** File with the section `lines`. */
  readonly lines?: string;
  /** Whether the hub keeps its readings. */
  readonly readings: boolean;
  /** Only those of this meter. */
  readonly readingsMeter?: string;
}

/** What is to be removed. */
export interface SiteRemoveArguments extends SiteArguments {
  /** Only what is retained of this meter. */
  readonly meter?: string;
}

type SiteIo = Pick<Io, "out" | "err" | "env">;

/** Adds a site. @returns the exit code: 1 refused or impossible, 2 wrong usage, 3 no connection */
export function fleetSiteAdd(args: SiteAddArguments, io: SiteIo): Promise<number> {
  return onHub(args, io, async (hub, bus) => {
    const { site, edgeDomain: domain = site, readings, readingsMeter } = args;
    const added = { prefix: bus.prefix, site, domain, readings, readingsMeter };
    return await planSiteAdd(hub, added, await filesOf(args, bus, io));
  });
}

/** Prepares another name for a site. @returns the exit code, as of {@linkcode fleetSiteAdd} */
export function fleetSiteRename(args: SiteAddArguments & { readonly to: string }, io: SiteIo): Promise<number> {
  return onHub(args, io, async (hub, bus) => {
    const { site, to, edgeDomain: domain = to, readings, readingsMeter, force } = args;
    const { prefix } = bus;
    if (to === site) throw new FleetUsageError(`${site} has that name already: give another one`);
    // The meters stay where they are, whatever the site is called.
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

/** Removes a site, or what is retained of a meter. @returns the exit code, as of {@linkcode fleetSiteAdd} */
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
    const patience = patienceOf(args.waitMs, io);
    try {
      const hub = await openHub(connection, { prefix: bus.prefix, domain: bus.jetstream.domain, patience });
      const steps = await plan(hub, bus);
      if (steps.length === 0 && !args.json) io.out(lines("there is nothing to do"));
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
