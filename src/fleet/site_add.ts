import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { siteCredentials } from "./credentials.ts";
import { edgeConfig } from "./edge_config.ts";
import { topologyOf } from "./existing.ts";
import type { HubAccess } from "./hub_access.ts";
import { type NewFile, planFiles } from "./new_files.ts";
import { readAccountKeys, signingSeedOf } from "./operator_folder.ts";
import { FleetUsageError } from "./retries.ts";
import { siteConfig } from "./site_config.ts";
import { type AddedSite, planSources } from "./site_sources.ts";
import type { FleetStep } from "./step.ts";

/** The files of a new site. */
export interface SiteFilesOptions {
  /** Parent folder of the new folder. */
  readonly folder: string;
  /** Folder of the keys, in operator mode. */
  readonly operatorFolder?: string | undefined;
  /** Leaf node addresses of the hub. */
  readonly leafUrls: readonly string[];
  /** Address on which the edge server listens for the service of the site. */
  readonly edgeListen: string;
  /** Folder in which the edge server stores its streams. */
  readonly edgeStore: string;
  /** Servers for the service if there is no edge server. */
  readonly servers: readonly string[];
  /** The section `lines` and everything after it. */
  readonly lines?: string | undefined;
  /** Replace existing files. */
  readonly force: boolean;
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
}

/**
 * Plans a new site: its sources at the hub, and the files for its edge server and its service.
 *
 * @throws {FleetError} the hub has no streams, the domain is used by another site, or the keys are invalid
 */
export async function planSiteAdd(hub: HubAccess, added: AddedSite, options: SiteFilesOptions): Promise<FleetStep[]> {
  const sources = planSources(hub, added);
  return [...sources, ...await planSiteFiles(hub, added, options)];
}

/** Plans the files of a site. */
export async function planSiteFiles(hub: HubAccess, site: AddedSite, options: SiteFilesOptions): Promise<FleetStep[]> {
  const records = hub.streams.get("ocmf");
  const isEdge = records === undefined || topologyOf(records.config) === "hub";
  return await planFiles(isEdge ? await edgeFiles(site, options) : await directFiles(site, options), options.force);
}

async function edgeFiles(place: AddedSite, options: SiteFilesOptions): Promise<NewFile[]> {
  const { site, prefix, domain } = place;
  const { leafUrls, edgeListen: listen, edgeStore: storeDir, lines } = options;
  if (leafUrls.length === 0) {
    throw new FleetUsageError(
      "The edge server needs the address of the hub: --leaf nats-leaf://HOST:7422, several separated by commas",
    );
  }
  const creds = await credentialsOf(place, "leaf", options);
  if (creds !== undefined && domain !== site) {
    throw new FleetUsageError(
      `The credentials are limited to the domain ${site}: --edge-domain ${domain} would be refused`,
    );
  }
  const passwords = { node: newPassword(), administrator: newPassword() };
  const hasCredentials = creds !== undefined;
  const path = (name: string) => join(options.folder, site, name);
  return [
    {
      path: path("edge.conf"),
      purpose: "configuration of the edge server, a leaf node of the hub",
      content: edgeConfig({ prefix, site, domain, leafUrls, hasCredentials, listen, storeDir, passwords }),
    },
    ...(creds === undefined ? [] : [{
      path: path("leaf.creds"),
      purpose: "credentials of the edge server for the hub",
      content: creds,
    }]),
    {
      path: path("site.yaml"),
      purpose: "configuration of the service",
      content: siteConfig({
        site,
        prefix,
        servers: [listen],
        identity: { user: site, password: passwords.node },
        isEdge: true,
        lines,
      }),
    },
  ];
}

async function directFiles(place: AddedSite, options: SiteFilesOptions): Promise<NewFile[]> {
  const { site, prefix } = place;
  const creds = await credentialsOf(place, "node", options);
  const path = (name: string) => join(options.folder, site, name);
  const { servers, lines } = options;
  const identity = creds === undefined ? {} : { identity: { credentialsFile: "node.creds" } };
  return [
    ...(creds === undefined
      ? []
      : [{ path: path("node.creds"), purpose: "credentials of the service", content: creds }]),
    {
      path: path("site.yaml"),
      purpose: "configuration of the service",
      content: siteConfig({ site, prefix, servers, ...identity, isEdge: false, lines }),
    },
  ];
}

async function credentialsOf(
  { site }: AddedSite,
  role: "leaf" | "node",
  { operatorFolder, nowMs }: SiteFilesOptions,
): Promise<string | undefined> {
  if (operatorFolder === undefined) return undefined;
  const { account, signingSeeds } = await readAccountKeys(operatorFolder);
  try {
    return siteCredentials({
      site,
      role,
      account,
      accountSigningSeed: signingSeedOf(signingSeeds, role, operatorFolder),
      issuedAtMs: nowMs,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new FleetUsageError(error.message, { cause: error });
    throw error;
  }
}

function newPassword(): string {
  return randomBytes(24).toString("base64url");
}
