import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNatsServer } from "../../src/cli/nats_server.ts";
import { connectOnce, streamName } from "../../src/nats/mod.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { ownHost } from "../support/own_address.ts";
import { ShellBlock } from "../support/shell_block.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const document = await Deno.readTextFile(join(root, "docs", "fleet.md"));
const section = document.split("\n## From nothing to a fleet\n")[1]?.split("\n## ")[0] ?? "";

/** The blocks of the section, with their markers. */
const blocks = [...section.matchAll(/<!-- from nothing: (.*?) -->\n\n```\w+\n(.*?)```/gs)]
  .map(([, mark = "", text = ""]) => ({ mark, text }));

const sites = ["berlin-01", "hamburg-01"];

/** The temporary folder in which the commands run, with the tasks of this repository. */
async function newWorkFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-fleet-" });
  for (const name of ["deno.lock", "src", "bridge", "config"]) {
    await Deno.symlink(join(root, name), join(folder, name));
  }
  // Files with another path would be compiled again
  const tasks = (await Deno.readTextFile(join(root, "deno.json"))).replaceAll(" src/cli/", ` ${root}src/cli/`);
  await Deno.writeTextFile(join(folder, "deno.json"), tasks);
  return folder;
}

/** The document's setting for a machine with an unsynchronised clock. */
async function allowAnyTime(folder: string): Promise<void> {
  for (const site of ["berlin", "hamburg"]) {
    const clock = "clock: { require_sync: false }\n";
    await Deno.writeTextFile(join(folder, "fleet", `${site}.lines`), clock, { append: true });
  }
}

/** Waits until a condition holds; errors count as not yet. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Waits until the hub reaches the services of all sites, and its sources reach their streams. */
async function reached(servers: readonly string[], credentialsFile: string): Promise<void> {
  const client = await connectOnce("test", { servers, credentialsFile });
  for (const site of sites) {
    await until(async () => (await client.request(`wattseal.${site}.evse-1.status.get`)).data.length > 0);
  }
  const manager = await client.jetstreamManager({ checkAPI: false, timeout: 30_000 });
  for (const kind of ["ocmf", "readings", "state"] as const) {
    await until(async () => {
      const { sources = [] } = await manager.streams.info(streamName("wattseal", kind));
      return sources.length === sites.length && sources.every(({ active }) => active >= 0);
    });
  }
  await client.close();
}

Deno.test("the commands of docs/fleet.md create a hub of three servers, two sites, billing and a clean audit", async () => {
  await using parts = new AsyncDisposableStack();
  const folder = await newWorkFolder();
  parts.defer(() => Deno.remove(folder, { recursive: true }));
  const binary = await findNatsServer({ env: (name) => Deno.env.get(name), report: () => {} });
  const path = [dirname(binary), dirname(Deno.execPath()), Deno.env.get("PATH")].join(":");
  for (const [index, port] of ["berlin.port", "hamburg.port"].entries()) {
    const meters = [1, 2].map((unit) => new SimulatedMeter({ unit, serialNumber: `BY${index}${unit}0000` }));
    parts.use(SimulatedLine.open(meters, { paced: false, linkPath: join(folder, port) }));
  }
  const hubs = [ownHost(), ownHost(), ownHost()];
  const names = `HUBS="${hubs.join(" ")}"
LEAFS=${hubs.map((hub) => `nats-leaf://${hub}:7422`).join(",")}
STORE=${folder}/store
BERLIN=${ownHost()} BERLIN_PORT=${folder}/berlin.port
HAMBURG=${ownHost()} HAMBURG_PORT=${folder}/hamburg.port
export NATS_URL=${hubs.join(",")}
export NATS_CREDS=fleet/operator/administrator.creds`;
  const namesOf = (text: string) => [...text.matchAll(/\b([A-Z_]+)=/g)].map(([, name]) => name);
  assert.deepEqual(namesOf(names), namesOf(blocks[0]?.text ?? ""), "the names at the start of the document");
  const start = (text: string, more = "") => new ShellBlock(text, { cwd: folder, before: names + more, path });
  const outputs: string[] = [];
  for (const { mark, text } of blocks.slice(1)) {
    const [, variable, ready = ""] = /^each (\w+), (.*)$/.exec(mark) ?? [];
    if (variable !== undefined) {
      const values = variable === "hub" ? hubs : sites;
      const running = values.map((value) => parts.use(start(text, `\n${variable.toUpperCase()}=${value}`)));
      await Promise.all(running.map((block) => block.said(ready)));
    } else if (mark === "once") {
      if (text.includes("task tx")) await reached(hubs, join(folder, "fleet/operator/administrator.creds"));
      outputs.push(await start(text).succeeded());
      if (text.includes("task scan")) await allowAnyTime(folder);
    } else await Deno.writeTextFile(join(folder, mark), text);
  }
  const isBilled = (output: string) => /^\S+ OCMF\|\{.*first-1/m.test(output);
  assert.ok(outputs.some(isBilled), outputs.join("\n"));
  assert.match(outputs.at(-1) ?? "", /^keep +records of hamburg-01 +all 0 records of the journal are here, and stay$/m);
});
