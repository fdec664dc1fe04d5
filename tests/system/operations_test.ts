import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { monitoredRoot } from "./debian_root.ts";
import { Machine } from "./machine.ts";
import { systemTest } from "./surroundings.ts";

const document = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));

/** The marked blocks of the document, in order, without the indentation of a list. */
const blocks = [...document.matchAll(/^( *)<!-- node: (names|run|until) -->\n\n *```sh\n(.*?)^ *```/gms)]
  .map(([, indent = "", mark = "", text = ""]) => ({
    mark,
    text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));

/** A simulated line takes the place of an adapter. The user of the service owns it, as it is in the group of an adapter. */
const adapter = `systemd-run -q --unit=adapter -p User=wattseal -p RuntimeDirectory=adapter \\
  wattseal simulate --meters 2 --kinds em580-256 --baudrate 9600 --link /run/adapter/port
until [ -e /run/adapter/port ]; do sleep 0.2; done
`;
/** The document's setting for a machine whose kernel never reports its clock as synchronised. */
const anyTime = "echo 'clock: { require_sync: false }' >> /etc/wattseal/site.yaml\n";

/** A block as it is executed, after its text. */
function executed(mark: string, text: string): string {
  const shown = `cat <<'BLOCK'\n${text}BLOCK\n`;
  if (mark === "names") return shown + "PORT=/run/adapter/port\n";
  if (mark === "until") return `${shown}for attempt in $(seq 60); do (${text}) && break; sleep 1; done\n${text}`;
  if (text.includes("wattseal scan ")) return shown + adapter + text + anyTime;
  return shown + text;
}

systemTest(
  "the commands of docs/operations.md lead from an empty machine to a monitored node, and to its end",
  async (all) => {
    assert.deepEqual(blocks.map(({ mark }) => mark).slice(0, 2), ["names", "run"]);
    const unmarked = document.split("```sh\n").length - 1 - blocks.length;
    assert.ok(blocks.length > unmarked, `${blocks.length} blocks are executed, ${unmarked} are not`);
    await using machine = await Machine.boot(await monitoredRoot());
    await Deno.copyFile(all.package, join(machine.root, "root", basename(all.package)));
    const script = blocks.map(({ mark, text }) => executed(mark, text)).join("");
    await machine.write("root/operations.sh", `set -euo pipefail\ncd /root\n${script}`);
    const output = await machine.must("bash /root/operations.sh 2>&1");
    for (
      const expected of [
        /^Healthy: 2 meters on 1 line at site berlin-01/m,
        /^1 record: 1 valid$/m,
        /^up\{.*site="berlin-01".*\} => 1 /m,
        /^ {2}meter evse-2 is removed$/m,
        /^ {2}meter evse-2 is added$/m,
        /^Restored 1 record\./m,
        /^berlin-01: clean; 1 record in 1 journal, 1 at the hub$/m,
        /^removed +the states at the hub$/m,
      ]
    ) assert.match(output, expected);
    assert.equal(await machine.must("ls -d /usr/lib/wattseal /var/lib/wattseal 2>/dev/null; true"), "");
  },
);
