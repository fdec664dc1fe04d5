import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { silentLog } from "../../src/base/log.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { buildNpm } from "../../src/package/npm/build_npm.ts";
import { runTool } from "../../src/package/run_tool.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { browserTest, openPage } from "../support/chromium.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress, ownHost } from "../support/own_address.ts";
import { openSite } from "../support/site.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the page reports of its transaction. */
interface Seen {
  readonly transactionId: string;
  readonly signature: string;
  readonly session: string;
  readonly problems: readonly string[];
  readonly energyWh?: string;
  readonly recordId: string;
  readonly refusal: string;
}

/** A script of a page: it drives a transaction and verifies its record. */
const script = `
import * as nats from "nats.ws";
import { openClient, sessionOf, verifyRecord } from "./package/client.js";

const patient = { attempts: 100 };

globalThis.driveTransaction = async (server) => {
  const { client, connection } = await openClient(nats, { servers: [server] });
  try {
    const meter = client.meter("test", "evse-1");
    const { transaction_id: transactionId } = await meter.start({ evse_id: "DE*ABC*E1" }, patient);
    const stopped = await meter.stop(transactionId, patient);
    const { public_key: key } = await meter.publicKey(patient);
    const text = stopped.signed_meter_value.signed_meter_data;
    const bytes = new TextEncoder().encode(text);
    const { signature, session, problems } = verifyRecord(bytes, key, { transactionId });
    const refusal = await meter.stop("unknown", patient).catch((error) => error.code);

    const manager = await connection.jetstreamManager();
    await manager.consumers.add("WATTSEAL_OCMF", { durable_name: "billing", ack_policy: nats.AckPolicy.Explicit });
    for await (const record of client.records()) {
      if (record.result.ocmf !== text) throw new Error("Another record was published");
      await record.acknowledge();
      const { energyWh } = sessionOf(bytes);
      return { transactionId, signature, session, problems, energyWh, recordId: record.id, refusal };
    }
  } finally {
    await connection.close();
  }
};
`;

/** The script with the client of the npm package and with nats.ws, as a bundler builds it for a page. */
async function pageScript(folder: string): Promise<string> {
  const work = join(folder, "work");
  await Deno.mkdir(work);
  const tarball = await buildNpm({ project: root, out: join(folder, "dist"), work });
  await runTool("tar", ["--extract", "--file", tarball, "--directory", folder]);
  const main = join(folder, "page.js");
  await Deno.writeTextFile(main, script);
  const output = join(folder, "bundle.js");
  const options = ["--quiet", "--platform", "browser", "--config", join(root, "deno.json"), "--output", output];
  await runTool(Deno.execPath(), ["bundle", ...options, main], { cwd: root });
  return await Deno.readTextFile(output);
}

function serve(bundle: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: ownHost(), port: 0, onListen: () => {} },
    ({ url }) =>
      new URL(url).pathname === "/bundle.js"
        ? new Response(bundle, { headers: { "content-type": "text/javascript" } })
        : new Response(
          '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/bundle.js"></script>',
          {
            headers: { "content-type": "text/html; charset=utf-8" },
          },
        ),
  );
}

browserTest("a page drives a transaction over a WebSocket and verifies its record", async (browser) => {
  await using parts = new AsyncDisposableStack();
  const folder = parts.adopt(
    await Deno.makeTempDir({ prefix: "wattseal-page-" }),
    (path) => Deno.remove(path, { recursive: true }),
  );
  const webSocket = freeAddress();
  const server = parts.use(await startNatsServer({ config: `websocket { listen: "${webSocket}", no_tls: true }` }));
  const nats = { server, keys: "inbox_prefix: _INBOX", client: {} };
  const site = parts.use(await openSite({ meters: [new SimulatedMeter({ unit: 1 })], nats }));
  const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  parts.defer(() => service.stop());
  const web = serve(await pageScript(folder));
  parts.defer(() => web.shutdown());
  await service.metersTried;

  await using opened = await openPage(browser);
  const { page, problems } = opened;
  const origin = `http://${web.addr.hostname}:${web.addr.port}`;
  await page.goto(origin);
  const seen = await page.evaluate<Seen>(`driveTransaction("ws://${webSocket}")`);
  assert.deepEqual([seen.signature, seen.session, seen.problems], ["valid", "ok", []]);
  assert.match(seen.transactionId, /^[0-9a-f-]{36}$/);
  assert.match(seen.energyWh ?? "", /^\d+$/);
  assert.match(seen.recordId, /\./);
  assert.equal(seen.refusal, "UNKNOWN_TRANSACTION");
  assert.deepEqual(problems, []);
  assert.deepEqual(opened.foreignRequests(origin), []);
});
