import type { ConfiguredServer } from "../support/nats_config_file.ts";
import { freeAddress } from "../support/own_address.ts";
import { type NatsFiles, variableOf } from "./nats_files.ts";

/** The edge server of a site, started from the example file and connected to a hub. */
export interface Edge {
  readonly site: string;
  readonly address: string;
  readonly process: ConfiguredServer;
}

/** Starts edge.conf for a site and waits until it is connected to its hub. */
export async function startEdge(
  files: NatsFiles,
  site: string,
  urls: readonly string[],
  credentialsFile?: string,
): Promise<Edge> {
  const file = `edge-${site}.conf`;
  await files.write(file, await files.read("edge.conf"));
  if (credentialsFile !== undefined) {
    await files.replace(file, '# credentials: "/etc/nats/leaf.creds"', `credentials: "${credentialsFile}"`);
  }
  if (site !== "berlin-01") {
    await files.write(
      `rights/node-${site}.conf`,
      (await files.read("rights/node-berlin-01.conf")).replaceAll("berlin-01", site),
    );
    await files.replace(file, "berlin-01", site);
    await files.replace(file, "BERLIN_01", variableOf(site));
  }
  const address = freeAddress();
  const { process } = await files.start(file, {
    settings: { CLIENTS: address },
    secrets: { HUB_URLS: urls },
  });
  await process.said("Leafnode connection created");
  return { site, address, process };
}
