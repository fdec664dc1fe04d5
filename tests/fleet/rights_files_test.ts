import assert from "node:assert/strict";
import { edgeConfig } from "../../src/fleet/edge_config.ts";
import { answerPrefixes } from "../../src/fleet/mod.ts";
import { leafRights, neededRights, responsesText, type Rights } from "../../src/nats/mod.ts";

const folder = new URL("../../config/nats/rights/", import.meta.url);
const prefix = "wattseal";
const site = "berlin-01";

const requested: Readonly<Record<string, Rights>> = {
  "node-berlin-01": neededRights("node", {
    prefix,
    site,
    inboxPrefix: "_INBOX_berlin-01",
    creates: ["ocmf", "readings", "state", "intervals"],
  }),
  "leaf-berlin-01": leafRights({ prefix, site }, answerPrefixes(site)),
  viewer: neededRights("viewer", { prefix, site: "*", inboxPrefix: "_INBOX_viewer" }),
  controller: neededRights("controller", { prefix, site: "*", inboxPrefix: "_INBOX_controller" }),
  billing: neededRights("billing", { prefix, site: "*", inboxPrefix: "_INBOX_billing" }),
  web: neededRights("web", { prefix, site: "*", inboxPrefix: "_INBOX_web" }),
  "everest-berlin-01": neededRights("everest", { prefix, site, inboxPrefix: "_INBOX_everest.berlin-01" }),
};

Deno.test("the example files contain exactly the required permissions", async () => {
  const found: Record<string, unknown> = {};
  for await (const { name } of Deno.readDir(folder)) {
    found[name.replace(".conf", "")] = rightsIn(await Deno.readTextFile(new URL(name, folder)));
  }
  const expected = Object.entries(requested).map(([name, { publish, subscribe, allowResponses }]) => [name, {
    publish,
    subscribe,
    responses: allowResponses && responsesText(allowResponses),
  }]);
  assert.deepEqual(found, Object.fromEntries(expected));
});

Deno.test("fleet site add creates an edge like config/nats/edge.conf: the same isolation, pings and retries", async () => {
  const example = await Deno.readTextFile(new URL("../edge.conf", folder));
  const made = edgeConfig({
    prefix,
    site,
    domain: site,
    leafUrls: ["nats-leaf://127.0.0.1:7422"],
    hasCredentials: false,
    listen: "127.0.0.1:4222",
    storeDir: "/var/lib/nats",
    passwords: { node: "a", administrator: "b" },
  });
  assert.deepEqual(behaviour(made), behaviour(example));
  // A server that no other site uses: the example has this permission in a comment
  assert.match(made, /"\$JS\.API\.STREAM\.PURGE\.WATTSEAL_STATE"/);
});

function behaviour(text: string): object {
  const denied = /deny_imports: \[([^\]]*)\]/.exec(text)?.[1] ?? "";
  const value = (name: string) => new RegExp(`^ *${name}: (.*)$`, "m").exec(text)?.[1];
  return {
    denied: [...denied.matchAll(/"([^"]*)"/g)].map(([, subject]) => subject),
    ...Object.fromEntries(
      ["domain", "reconnect", "ping_interval", "ping_max", "write_deadline"].map((name) => [name, value(name)]),
    ),
  };
}

function rightsIn(text: string): object {
  const code = text.split("\n").filter((line) => !line.trim().startsWith("#")).join("\n");
  const subjects = (kind: string) => {
    const list = new RegExp(`${kind}: \\{\\s+allow: \\[([^\\]]*)\\]\\s+\\}`).exec(code)?.[1] ?? "";
    return [...list.matchAll(/"([^"]*)"/g)].map(([, subject]) => subject);
  };
  return {
    publish: subjects("publish"),
    subscribe: subjects("subscribe"),
    responses: /allow_responses: (\{.*\})/.exec(code)?.[1],
  };
}
