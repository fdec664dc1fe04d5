import assert from "node:assert/strict";
import { blocksOf } from "./operations_blocks.ts";
import { TestStation } from "./station.ts";
import { systemTest } from "./surroundings.ts";

const service = "wattseal.service";
const state = "/var/lib/wattseal";
const document = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
const tx = (command: string) => `wattseal tx ${command} --site test-1 --meter evse-1 --id tx-1`;

systemTest(
  "the service works with a read-only root, through a restart, and its state is on a volume of its own",
  async (all) => {
    await using station = await TestStation.boot(all, [1], { writable: [state] });
    const { machine } = station;
    for (const folder of ["/", "/etc", "/usr", "/var/lib", "/var/log"]) {
      assert.notEqual((await machine.run(`touch ${folder}/test`)).code, 0, `${folder} is writable`);
    }
    await station.start();
    await machine.until(`${tx("start")} --evse 'DE*WSL*E1'`);
    await machine.must(`systemctl restart ${service}`);
    await station.logged(service, "Found meter");
    await machine.until(tx("stop"));
    const list = await machine.must(`runuser -u wattseal -- wattseal journal list --state-dir ${state}`);
    assert.match(list, /^1 record: 1 valid; 0 undelivered$/m);
    await machine.until("wattseal health");
    assert.match(await machine.must("wattseal doctor"), new RegExp(`^ok +disk +${state} is on ${state} \\(`, "m"));
  },
);

systemTest("the service does not start on the empty folder below a missing volume", async (all) => {
  await using station = await TestStation.boot(all);
  const { machine } = station;
  const [block] = blocksOf(document).filter(({ text }) => text.includes("RequiresMountsFor="));
  assert.ok(block !== undefined);
  const mount = async (what: string) => {
    await machine.write("/etc/systemd/system/var-lib-wattseal.mount", `[Mount]\nWhere=${state}\n${what}\n`);
    await machine.must(block.text);
  };
  await mount("Type=ext4\nWhat=/srv/missing.img");
  const refused = await machine.run(`systemctl start ${service}`);
  assert.match(refused.err, /A dependency job for wattseal\.service failed/);
  assert.equal(await machine.must(`ls -A ${state}`), "");
  await machine.must("install -d -o wattseal -g wattseal -m 700 /srv/volume");
  await mount("Type=none\nOptions=bind\nWhat=/srv/volume");
  await station.start();
  assert.match(await machine.must("ls /srv/volume"), /^journal\.db$/m);
});
