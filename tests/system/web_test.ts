import assert from "node:assert/strict";
import type { Machine } from "./machine.ts";
import { TestStation } from "./station.ts";
import { systemTest } from "./surroundings.ts";

/** The beginning of an answer of the page: an answer of events has no end. */
function answer(machine: Machine, path: string): Promise<string> {
  const request = `GET ${path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n`;
  const ask = `exec 3<>/dev/tcp/127.0.0.1/8780; printf "${request}" >&3; timeout 3 cat <&3 || true`;
  return machine.until(`bash -c '${ask}' | tr -d '\\000'`);
}

systemTest("the page runs as a unit, asks for passwords, and stops with success", async (all) => {
  await using station = await TestStation.boot(all);
  const { machine } = station;
  await station.start();
  const unit = "wattseal-web.service";
  await machine.must(`systemctl start ${unit}`);
  await station.logged(unit, "The page is at http://127.0.0.1:8780/");
  assert.match(await answer(machine, "/"), /^HTTP\/1\.1 200 OK[^]*<div id="app">/);
  assert.match(await answer(machine, "/api/fleet"), /event: snapshot[^]*"meter":"evse-1"/);
  // The state of the service is out of its reach: it sees an empty folder that it may not read
  const inUnit = (command: string) => machine.must(`nsenter -t $(systemctl show ${unit} -P MainPID) -m ${command}`);
  assert.match(await machine.must("ls /var/lib/wattseal"), /journal\.db/);
  assert.deepEqual([await inUnit("ls -A /var/lib/wattseal"), await inUnit("stat -c %a /var/lib/wattseal")], ["", "0"]);

  const users = "/var/lib/wattseal-web/users";
  const wattseal = `runuser -u wattseal -- wattseal web --password-hash-file ${users}`;
  await machine.must(`echo 'correct horse' | ${wattseal} --add-user anna`);
  await machine.write(
    "/etc/wattseal/web.env",
    `OPTIONS=--config /etc/wattseal/site.yaml --password-hash-file ${users} --listen 0.0.0.0:8780\n`,
  );
  await machine.must(`systemctl restart ${unit}`);
  await station.logged(unit, "The page is at http://0.0.0.0:8780/");
  assert.match(await answer(machine, "/sessions"), /^HTTP\/1\.1 303 See Other[^]*location: \/login\?next=%2Fsessions/i);
  await machine.must(`systemctl stop ${unit}`);
  assert.match(await station.log(unit), /Deactivated successfully/);
});
