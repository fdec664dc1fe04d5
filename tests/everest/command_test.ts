import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../support/run_command.ts";

/** Runs `everest` with the text of a file. */
async function run(text: string): Promise<{ code: number; err: string }> {
  const folder = await Deno.makeTempDir();
  try {
    const config = join(folder, "everest.yaml");
    await Deno.writeTextFile(config, text);
    return await runCommand(["everest", "--config", config]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const meters = "meters: [{ meter: evse-1, module_id: meter_1 }]\n";

Deno.test("everest reports every mistake in its configuration and exits with 2", async () => {
  const { code, err } = await run("site: a b\nmqtt: { server: 7 }\n");
  assert.equal(code, 2);
  for (const place of [":1:7: site", ":2:17: mqtt.server", ":1:1: meters"]) assert.ok(err.includes(place), err);
});

Deno.test("everest names a file that it cannot use, and exits with 2", async () => {
  const nowhere = "server: 127.0.0.1:9";
  const tls = await run(`site: a\nmqtt: { ${nowhere}, tls: { ca_file: missing.pem } }\n${meters}`);
  assert.equal(tls.code, 2);
  assert.match(tls.err, /Cannot read .*missing\.pem for the TLS of MQTT: there is no such file/);
  const nats = await run(`site: a\nmqtt: { ${nowhere} }\nnats: { credentials_file: missing.creds }\n${meters}`);
  assert.equal(nats.code, 2);
  assert.match(nats.err, /Cannot read NATS credentials from .*missing\.creds/);
  const { code, err } = await runCommand(["everest", "--config", "/missing/everest.yaml"]);
  assert.deepEqual([code, /there is no such file/.test(err)], [2, true]);
});
