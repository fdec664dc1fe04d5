import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { monitoredRoot } from "./debian_root.ts";
import { Machine } from "./machine.ts";
import { everest } from "../cli/everest_file.ts";
import { blocksOf, executed, type Stage } from "./operations_blocks.ts";
import { changedPackage } from "./packages.ts";
import { systemTest } from "./surroundings.ts";

const document = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
const blocks = blocksOf(document);

/** The version of the next release in the document. */
const next = /^NEW=wattseal_([\d.]+)_/m.exec(document)?.[1] ?? "";

/** A simulated line takes the place of an adapter. The user of the service owns it, as it is in the group of an adapter. */
const simulatedLine = (unit: string, options: string) =>
  `systemd-run -q --collect --unit=${unit} -p User=wattseal -p RuntimeDirectory=${unit} ` +
  `wattseal simulate --kinds em580-256 --link /run/${unit}/port ${options}\n` +
  `until [ -e /run/${unit}/port ]; do sleep 0.2; done\n`;

const adapter = (options: string) => simulatedLine("adapter", `--meters 2 --baudrate 9600 ${options}`);

/** A command that prints the password of a user of the NATS server. */
const passwordOf = (user: string) => `sed -n 's/^${user}_PASSWORD: "\\(.*\\)"$/\\1/p' /etc/nats/secrets.conf`;

/** A second site, whose service keeps the program that was installed at its start. */
const secondSite = `${simulatedLine("second", "--baudrate 115200")}
cat > second.yaml <<END
site: berlin-02
state_dir: /var/tmp/berlin-02
nats:
  servers: [127.0.0.1:4222]
  user: administrator
  password: $(${passwordOf("ADMINISTRATOR")})
clock: { require_sync: false }
lines:
  - { name: rs485-1, serial_port: /run/second/port, baudrate: 115200, meters: [{ name: evse-1 }] }
END
install -D -o wattseal -m 600 second.yaml /var/tmp/berlin-02.yaml
install -d -o wattseal -m 700 /var/tmp/berlin-02
systemd-run -q --collect --unit=berlin-02 -p User=wattseal wattseal start /var/tmp/berlin-02.yaml
until wattseal health --state-dir /var/tmp/berlin-02; do sleep 1; done
`;

/** What happens beside the commands of the document. */
const stages: readonly Stage[] = [
  { at: /^PORT=/m, after: "PORT=/run/adapter/port\n" },
  {
    at: /wattseal scan /,
    before: adapter(""),
    // The document's setting for a machine whose kernel never reports its clock as synchronised
    after: "echo 'clock: { require_sync: false }' >> /etc/wattseal/site.yaml\n",
  },
  {
    at: /import-everest/,
    before: `cat > config.yaml <<'END'\n${everest.replace(/^ +retries: 2\n/m, "")}END\n`,
  },
  { at: /MeterExchanged$/, before: `systemctl stop adapter.service\n${adapter("--serial-numbers KZ7654321001D")}` },
  { at: /^NEW=/m, after: `NEW=/root/releases/${next}.deb\nOLD=$(ls /root/wattseal_*.deb)\n` },
  { at: /-i \$NEW/, before: secondSite },
  { at: /--release/, after: "systemctl stop berlin-02.service second.service\n" },
  {
    at: /BERLIN_01_PASSWORD:\/d/,
    before: `${passwordOf("BERLIN_01")} > revoked.password\n`,
    after:
      `wattseal watch --once --server 127.0.0.1 --user berlin-01 --password-file revoked.password || echo "code $?"\n`,
  },
];

systemTest(
  "the commands of docs/operations.md lead from an empty machine to a monitored node, and to its end",
  async (all) => {
    assert.deepEqual(blocks.map(({ mark }) => mark).slice(0, 2), ["names", "run"]);
    const unmarked = document.split("```sh\n").length - 1 - blocks.length;
    assert.ok(blocks.length > unmarked, `${blocks.length} blocks are executed, ${unmarked} are not`);
    await using machine = await Machine.boot(await monitoredRoot());
    await Deno.copyFile(all.package, join(machine.root, "root", basename(all.package)));
    const releases = join(machine.root, "root/releases");
    await Deno.mkdir(releases);
    await changedPackage(all.package, releases, {
      version: next,
      file: "usr/lib/wattseal/app/deno.json",
      change: (text) => text.replace(/"version": "[\d.]+"/, `"version": "${next}"`),
    });
    await machine.write("root/operations.sh", `set -euo pipefail\ncd /root\n${executed(blocks, stages)}`);
    const output = await machine.must("bash /root/operations.sh 2>&1");
    expectInOrder(output, [
      /^Healthy: 2 meters on 1 line at site berlin-01/m,
      /^1 record: 1 valid$/m,
      /^up\{.*site="berlin-01".*\} => 1 /m,
      /^# The spool of 256 MB \(spool\.max_mb\) lasts 17\.2 hours/m,
      /^VmRSS:\s+\d+ kB$/m,
      /^NTPSynchronized=(yes|no)$/m,
      // Migration from EVerest
      /^comm_hub: retries is 2, the default of EVerest: the file does not set it$/m,
      /^site and nats\.servers are placeholders: set them$/m,
      /^ +retries: 2$/m,
      // Adding, replacing and removing a meter
      /^ {2}meter evse-2 is removed$/m,
      /^Nothing to do: the stream of states has no state of meter evse-2$/m,
      /^Healthy: 1 meter on 1 line/m,
      /^ {2}meter evse-2 is added$/m,
      /^Healthy: 2 meters on 1 line/m,
      /^evse-1: finished.*\n(.*\n)* +record +delivered /m,
      /^1 record: 1 valid; 0 undelivered$/m,
      /^Medium +meter evse-1: Meter KZ1234567001D\.2024 was replaced by KZ7654321001D\.2024; .*\(MeterExchanged, since/m,
      /^Acknowledged MeterExchanged of meter evse-1$/m,
      /^Healthy: 2 meters on 1 line/m,
      /^Stopped first-2$/m,
      /^ {2}meter +evse-1 \(KZ1234567001D\.2024\)$/m,
      /^ {2}meter +evse-1 \(KZ7654321001D\.2024\)$/m,
      /^Restored 2 records\./m,
      // Upgrade, canaries and rollback
      /^Healthy: 1 meter on 1 line at site berlin-02/m,
      /^0\.2\.0 \(commit /m,
      /^Healthy: 2 meters on 1 line at site berlin-01, version 0\.2\.0$/m,
      /^2 records: 2 valid; 0 undelivered$/m,
      /^ok +journal /m,
      /^berlin-01 +online +0\.2\.0 [^]*^berlin-02 +online +0\.1\.0 [^]*^2 of 2 sites; 0 lost, 0 with faults$/m,
      /^berlin-01 +online +0\.2\.0 .*\n\n1 of 2 sites;/m,
      /^0 of 2 sites;/m,
      /^berlin-01 +evse-1 +online +0\.2\.0 [^]*^berlin-02 +evse-1 +online +0\.1\.0 /m,
      /^berlin-01: clean; 2 records in 1 journal, 2 at the hub$/m,
      /^0\.1\.0 \(commit /m,
      /^Healthy: 2 meters on 1 line at site berlin-01, version 0\.1\.0$/m,
      /^2 records: 2 valid; 0 undelivered$/m,
      // Decommissioning
      /^berlin-01: clean; 2 records in 1 journal, 2 at the hub$/m,
      /^removed +the states at the hub$/m,
      /the server refuses this user or its credentials.*\ncode 3$/m,
    ]);
    assert.equal(await machine.must("ls -d /usr/lib/wattseal /var/lib/wattseal 2>/dev/null; true"), "");
  },
);

/** Asserts that a text contains all of these, one after the other. */
function expectInOrder(text: string, expected: readonly RegExp[]): void {
  let rest = text;
  for (const each of expected) {
    const found = each.exec(rest);
    assert.ok(found !== null, `${each} does not follow in the output:\n${text}`);
    rest = rest.slice(found.index + found[0].length);
  }
}
