import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Msg, Subscription } from "nats";
import { askService } from "../../src/control/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { endpointOf, freeAddress } from "../support/own_address.ts";
import { ask, askUntilOk, openSite, type Site } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

const start = {
  evse_id: "DE*ABC*E1",
  transaction_id: "tx-1",
  identification_status: "ASSIGNED",
  identification_type: "ISO14443",
  identification_flags: ["RFID_PLAIN"],
};

/** The folder in which the commands of the documents are run. */
const projectFolder = fileURLToPath(new URL("../../", import.meta.url));

/** Serves the device of the site at `address`; resolves when it listens. */
async function bridge(site: Site, address: string): Promise<CommandProcess> {
  const serving = new CommandProcess([
    "bridge",
    "--serial-port",
    `${site.folder}/meter`,
    "--baudrate",
    "115200",
    "--listen",
    address,
  ]);
  await serving.said(`on ${address}`);
  return serving;
}

/** The permission flags from docs/permissions.md for a service behind a bridge, for this site. */
async function sandbox(site: Site, socket: string): Promise<string[]> {
  const page = await Deno.readTextFile(new URL("../../docs/permissions.md", import.meta.url));
  const commands = /<!-- sandbox -->\s+```sh\n(.*?)```/s.exec(page)?.[1] ?? "";
  const flags = /deno run (.*?) +src\/cli\/main\.ts/.exec(commands.replaceAll("\\\n", ""))?.[1] ?? "";
  assert.match(flags, /--no-prompt/);
  assert.doesNotMatch(flags, /allow-all|-A\b|allow-ffi|allow-run/);
  return flags.replaceAll("unix:/run/wattseal/rs485-1.sock", socket.startsWith("/") ? `unix:${socket}` : socket)
    .replaceAll("/run/wattseal/rs485-1.sock", socket.startsWith("/") ? socket : site.folder)
    .replace("127.0.0.1:4222", site.server.address)
    .replace("--allow-read=.", `--allow-read=${site.folder},${projectFolder}`)
    .replaceAll(/(\.|\$PWD)\/state/g, `${site.folder}/state`)
    .split(/ +/);
}

async function next(messages: Subscription, wanted: (message: Msg) => boolean = () => true): Promise<void> {
  for await (const message of messages) if (wanted(message)) return messages.unsubscribe();
}

const isActive = (active: boolean) => (message: Msg) => message.json<{ active: boolean }>().active === active;

for (const kind of ["unix", "tcp"] as const) {
  Deno.test(`the service runs with the permissions from docs/permissions.md behind a bridge over ${kind}, across connection losses`, async () => {
    const tcp = freeAddress();
    const address = (folder: string) => kind === "unix" ? `unix:${folder}/line.sock` : `tcp://${tcp}`;
    await using site = await openSite({
      meters: [new SimulatedMeter({ unit: 1 })],
      gateway: address,
      meterKeys: "communication_error_pause_delay_s: 1",
    });
    const where = address(site.folder);
    const flags = await sandbox(site, kind === "unix" ? `${site.folder}/line.sock` : tcp);
    const reading = "wattseal.test.evse-1.reading";
    const fault = "wattseal.test.evse-1.fault.CommunicationError";
    await using serving = await bridge(site, where);
    {
      await using service = new CommandProcess(["start", "--config", site.config], {}, flags);
      await service.line("ready");
      await next(site.client.subscribe(reading));
      assert.equal((await askUntilOk(site.client, 1, "transaction.start", start)).status, "OK");

      using second = kind === "unix"
        ? await Deno.connect({ transport: "unix", path: `${site.folder}/line.sock` })
        : await Deno.connect(endpointOf(tcp));
      assert.equal(await second.read(new Uint8Array(1)), null);
      await serving.said("A second client was closed: the port already has a client");

      const [raised, cleared] = [site.client.subscribe(fault), site.client.subscribe(fault)];
      await site.client.flush();
      await site.line.unplug();
      await next(raised, isActive(true));
      site.line.plug();
      await next(cleared, isActive(false));
      service.signal("SIGKILL");
      await service.ended();
    }
    await using service = new CommandProcess(["start", "--config", site.config], {}, flags);
    await service.line("ready");
    await next(site.client.subscribe(reading));
    const stop = await ask(site.client, 1, "transaction.stop", { transaction_id: "tx-1" });
    assert.equal(stop.status, "OK", String(stop.error));
    assert.match(stop.signed_meter_value?.signed_meter_data ?? "", /^OCMF\|/);
    assert.equal((await askService(`${site.folder}/state`, { command: "health" })).ok, true);
    service.signal("SIGTERM");
    assert.equal((await service.ended()).code, 0);
    serving.signal("SIGTERM");
    const { code, err } = await serving.ended();
    assert.equal(code, 0);
    assert.match(err, /WARN +A second client was closed/);
  });
}
