import { ownHost } from "../support/own_address.ts";
import { type NatsFiles, passwordOf } from "./nats_files.ts";

/** Starts three servers from hub.conf and waits until JetStream has a leader. */
export async function startHub(files: NatsFiles): Promise<{ readonly hosts: string[]; readonly addresses: string[] }> {
  const hosts = [ownHost(), ownHost(), ownHost()];
  const routes = hosts.map((host) => `nats-route://hub:${passwordOf("HUB_ROUTE_PASSWORD")}@${host}:6222`);
  const servers = await Promise.all(hosts.map((host, index) =>
    files.start("hub.conf", {
      settings: { CLIENTS: `${host}:4222`, LEAFS: `${host}:7422`, ROUTES: `${host}:6222` },
      env: { HUB_NAME: `hub-${index + 1}` },
      secrets: { HUB_ROUTES: routes },
    })
  ));
  await Promise.race(servers.map(({ process }) => process.said("JetStream cluster new metadata leader")));
  return { hosts, addresses: hosts.map((host) => `${host}:4222`) };
}
