import assert from "node:assert/strict";
import { join } from "node:path";
import { cacheFolder } from "./debian_root.ts";
import { arm64Root, ForeignMachine, whyNoArm64 } from "./foreign_root.ts";
import { verifyByOpenSsl } from "./openssl.ts";
import { buildPackage } from "./packages.ts";
import { tool } from "./run_tool.ts";
import { surroundings, systemTest } from "./surroundings.ts";

const configuration = `
site: test-1
nats: { servers: [127.0.0.1:4222] }
clock: { require_sync: false }
lines:
  - name: rs485-1
    serial_port: /tmp/port
    baudrate: 115200
    initial_timeout_ms: 5000
    within_message_timeout_ms: 1000
    meters: [{ name: evse-1, powermeter_device_id: 1 }]
`;

/**
 * The processes of a station, one transaction, and the record from the journal as the last line of the output. The end of
 * the script ends the processes.
 */
const station = `
export PATH=/usr/sbin:/usr/bin
until_logged() { until grep -q "$1" $2; do sleep 1; done; }
# The first requests take long in an emulator; a repeated request changes nothing
until_ok() { until wattseal tx "$@" --site test-1 --meter evse-1 --id tx-1; do sleep 1; done; }
nats-server --jetstream -a 127.0.0.1 -sd /tmp/nats >nats.log 2>&1 &
wattseal simulate --meters 1 --kinds em580-256 --baudrate 115200 --link /tmp/port >meter.log 2>&1 &
until_logged powermeter_device_id meter.log
wattseal start --config /etc/wattseal/site.yaml >service.log 2>&1 &
until_logged 'Found meter' service.log
until_ok start --evse 'DE*WSL*E1'
until_ok stop
wattseal journal export --config /etc/wattseal/site.yaml
`;

/** Where the tests of arm64 can run, the reason is undefined. */
const missing = surroundings().notRun === undefined ? await whyNoArm64() : undefined;

systemTest(
  "the package for arm64 runs the demo, and a transaction whose record OpenSSL verifies",
  async ({ debian }) => {
    const folder = await Deno.makeTempDir({ dir: join(cacheFolder(), "machines"), prefix: "files-" });
    try {
      await using machine = await ForeignMachine.copy(await arm64Root());
      await machine.install(await buildPackage(folder, "--arch", "arm64"));
      const demo = await machine.run("nobody", "wattseal demo --once");
      assert.match(demo, /PASSED: the signature is valid/);
      assert.doesNotMatch(demo, /FAILED/);
      await Deno.writeTextFile(join(machine.root, "etc/wattseal/site.yaml"), configuration, { append: true });
      const lines = (await machine.run("wattseal", station)).trim().split("\n");
      const record = JSON.parse(lines.at(-1) ?? "");
      assert.equal(record.transaction_id, "tx-1");
      // Not inside the machine: OpenSSL needs no emulator
      const run = (script: string) =>
        tool("systemd-nspawn", ...openSslOptions(debian, folder), "/bin/sh", "-c", script);
      await verifyByOpenSsl(record, { folder: join(folder, "record"), inside: "/mnt/record", run });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
  missing,
);

function openSslOptions(debian: string, folder: string): string[] {
  return [
    "-q",
    "-D",
    debian,
    "--read-only",
    `--bind-ro=${folder}:/mnt`,
    "--register=no",
    "--keep-unit",
    "--console=pipe",
  ];
}
