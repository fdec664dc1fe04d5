import assert from "node:assert/strict";
import { connect, type NatsConnection } from "nats";
import { join } from "node:path";
import { askService } from "../../src/control/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { OtlpReceiver } from "../metrics/otlp_receiver.ts";
import { freeAddress } from "../support/own_address.ts";
import { runCommand } from "../support/run_command.ts";
import { CommandProcess } from "../support/start_process.ts";
import { ask, askUntilOk, askWhileOffline, openSite, type Site } from "../support/site.ts";

const transaction = "tx-3f9c1e70";
const identification = "TAG-04A2B3C4D5E6F7";
const page = await Deno.readTextFile(new URL("../../docs/privacy.md", import.meta.url));

/** The places in the table of a chapter. */
function placesOf(chapter: string): string[] {
  const text = page.split(`\n## ${chapter}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, place]) => place ?? "").toSorted();
}

const documented = [...placesOf("Places that contain it"), ...placesOf("Places that do not contain it")];

/** What was found at each place. */
class Places {
  readonly #found = new Map<string, string>();

  add(place: string, content: string | Uint8Array): void {
    const text = typeof content === "string" ? content : new TextDecoder("latin1").decode(content);
    this.#found.set(place, `${this.#found.get(place) ?? ""}${text}\n`);
  }

  /** Everything that was found at a place. */
  at(place: string): string {
    return this.#found.get(place) ?? "";
  }

  /** The places that contain the identification, as text or as registers in hex, and the others. */
  divided(): { with: string[]; without: string[] } {
    const hex = new TextEncoder().encode(identification).toHex().toUpperCase();
    const contains = (text: string) =>
      text.includes(identification) || text.toUpperCase().replaceAll(/[^0-9A-F]/g, "").includes(hex);
    const all = [...this.#found].map(([place, text]) => ({ place, isFound: contains(text) }));
    const where = (isFound: boolean) =>
      all.filter((one) => one.isFound === isFound).map(({ place }) => place).toSorted();
    return { with: where(true), without: where(false) };
  }
}

/** The place of a message: the end of its subject. Other messages must not contain the identification either. */
function placeOf(subject: string): string {
  const name = subject
    .replace(/^wattseal\.test\.(?!_node)[^.]+\./, "")
    .replace(/^wattseal\.test\._node\./, "_node.")
    .replace(/^(_node\.)?fault\..*/, "fault")
    .replace(/^\$SRV\.STATS.*/, "$$SRV.STATS");
  return documented.includes(name) ? name : "other messages";
}

/** Adds all messages until the end; a reply belongs to the place of its request. */
function watchMessages(client: NatsConnection, places: Places): void {
  const requests = new Map<string, string>();
  client.subscribe(">", {
    callback: (_error, { subject, reply, data }) => {
      const place = requests.get(subject) ?? placeOf(subject);
      if (reply) requests.set(reply, place);
      places.add(place, data);
    },
  });
}

async function addStreams(client: NatsConnection, places: Places): Promise<void> {
  const manager = await client.jetstreamManager();
  for (const kind of ["OCMF", "READINGS", "STATE"]) {
    const { state } = await manager.streams.info(`WATTSEAL_${kind}`);
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(`WATTSEAL_${kind}`, { seq }).catch(() => undefined);
      if (message !== undefined) places.add(`<P>_${kind}`, message.data);
    }
  }
}

/** Runs requests that succeed and requests that are refused, each with the identification. */
async function runTransactions({ client }: Site, whileOpen: () => Promise<void>): Promise<void> {
  const request = {
    evse_id: "DE*ABC*E1",
    transaction_id: transaction,
    identification_status: "ASSIGNED",
    identification_type: "ISO14443",
    identification_flags: ["RFID_PLAIN"],
    identification_data: identification,
  };
  await askUntilOk(client, 1, "transaction.start", request);
  const start = (more: object) => ask(client, 1, "transaction.start", { ...request, ...more });
  const refused = [
    await start({ transaction_id: "tx 2" }),
    await start({ evse_id: [identification] }),
    await ask(client, 1, "transaction.start", `"${identification}"`),
    await ask(client, 1, "transaction.start", `{"identification_data": "${identification}`),
    await askWhileOffline(client, 2, "transaction.start", { ...request, transaction_id: "tx-3" }),
  ];
  assert.deepEqual(refused.map(({ code }) => code), [...Array(4).fill("INVALID_REQUEST"), "NOT_SUPPORTED"]);
  await ask(client, 1, "transaction.status", { transaction_id: transaction });
  await whileOpen();
  await askUntilOk(client, 1, "transaction.stop", { transaction_id: transaction });
  await ask(client, 1, "transaction.status", { transaction_id: transaction });
  await client.request("wattseal.test._node.journal.get", "{}", { timeout: 30_000 });
  await client.request("$SRV.STATS.wattseal", "", { timeout: 30_000 });
}

/** Adds the output of commands that read the journal while the service runs. */
async function addCommands(site: Site, places: Places): Promise<void> {
  const stateDir = join(site.folder, "state");
  const backup = join(site.folder, "backup.db");
  const commands = [
    ["journal list", ["journal", "list"]],
    ["journal list --json", ["journal", "list", "--json"]],
    ["journal show", ["journal", "show", transaction]],
    ["journal export", ["journal", "export", "--format", "xml"]],
    ["journal export", ["journal", "export", "--format", "csv"]],
    ["journal backup", ["journal", "backup", backup]],
    ["health", ["health"]],
  ] as const;
  for (const [place, args] of commands) {
    const { out, err } = await runCommand([...args, "--state-dir", stateDir]);
    places.add(place, out + err);
  }
  places.add("journal backup", await Deno.readFile(backup));
  places.add("health", JSON.stringify(await askService(stateDir, { command: "health" }, 60_000)));
}

Deno.test("exactly the places of docs/privacy.md contain the identification of a customer", async () => {
  const meters = [new SimulatedMeter({ unit: 1, keyBits: 256 }), new SimulatedMeter({ unit: 2, keyBits: "none" })];
  const places = new Places();
  await using receiver = new OtlpReceiver();
  const address = freeAddress();
  await using site = await openSite({ meters, topKeys: `metrics: { listen: "${address}" }\n` });
  const config = await Deno.readTextFile(site.config);
  await Deno.writeTextFile(site.config, config.replace("log: { format: json }", "log: { format: json, level: debug }"));
  const watcher = await connect({ servers: site.server.address });
  try {
    watchMessages(watcher, places);
    await watcher.flush();
    const ocmf = site.client.subscribe("wattseal.test.*.ocmf", { max: 1 });
    await using service = new CommandProcess(["start", site.config], receiver.env);
    await service.line("ready");
    const addMetrics = async () => places.add("metrics", await (await fetch(`http://${address}/metrics`)).text());
    await runTransactions(site, addMetrics);
    for await (const _ of ocmf);
    await addMetrics();
    await addCommands(site, places);
    service.signal("SIGTERM");
    const { out, err } = await service.ended();
    places.add("log", out + err);
    places.add("OpenTelemetry", receiver.text);
    await watcher.flush();
  } finally {
    await watcher.close();
  }
  await addStreams(site.client, places);
  for await (const { name, isFile } of Deno.readDir(join(site.folder, "state"))) {
    if (isFile) places.add(name, await Deno.readFile(join(site.folder, "state", name)));
  }
  for (const args of [["read"], ["read", "--raw"]]) {
    const { out, err } = await runCommand([...args, "--config", site.config, "--meter", "evse-1"]);
    places.add(args.join(" "), out + err);
  }
  const found = places.divided();
  assert.deepEqual(found.with, placesOf("Places that contain it"));
  assert.deepEqual(placesOf("Places that do not contain it").filter((place) => !found.without.includes(place)), []);
  // An open transaction is on the page, without its id
  assert.match(places.at("metrics"), /^wattseal_meter_transaction_open\{meter="evse-1",line="rs485-1"\} 1$/m);
  assert.match(places.at("OpenTelemetry"), /wattseal\.meter\.transaction_open/);
  for (const place of ["metrics", "OpenTelemetry"]) assert.ok(!places.at(place).includes(transaction), place);
});
