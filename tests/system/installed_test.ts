import assert from "node:assert/strict";
import { hasPreviousRelease } from "../support/previous_release.ts";
import { BareStation } from "./bare_station.ts";
import { nextPackage, previousPackage } from "./packages.ts";
import { systemTest } from "./surroundings.ts";

const service = "wattseal.service";
const dropIns = `/etc/systemd/system/${service}.d`;
/** The previous release does not notify systemd. */
const previousDropIn = "[Service]\nType=exec\nWatchdogSec=0\n";

/** Installs the package, edits its one file, and starts the service with a simulated meter. */
async function startStation(debian: string, deb: string): Promise<BareStation> {
  const station = await BareStation.boot(debian);
  try {
    const { machine } = station;
    assert.equal(await machine.must("ls /sys/class/net"), "lo");
    await station.install(deb);
    await station.configure();
    await station.mountUsr("ro");
    await station.simulate();
    await machine.must(`wattseal check-config /etc/wattseal/site.yaml && systemctl enable --now ${service}`);
    await station.serves();
    return station;
  } catch (error) {
    await station[Symbol.asyncDispose]();
    throw error;
  }
}

/** Installs another package while a transaction runs. @returns the output of dpkg */
async function replaceDuring(station: BareStation, transaction: string, deb: string): Promise<string> {
  const before = await station.pid(service);
  await station.tx("start", transaction);
  await station.mountUsr("rw");
  const printed = await station.install(deb);
  await station.mountUsr("ro");
  assert.notEqual(await station.pid(service), before);
  await station.serves();
  await station.tx("stop", transaction);
  await station.verifyRecord(transaction);
  return printed;
}

systemTest(
  "transactions run through an upgrade and a rollback to the previous release, without a network",
  async (all) => {
    await using station = await startStation(all.debian, all.package);
    const { machine } = station;
    const meter = await station.pid("meter");
    await station.tx("start", "tx-1");
    await station.tx("stop", "tx-1");
    await station.verifyRecord("tx-1");
    await replaceDuring(station, "tx-2", await nextPackage(all.package, station.folder));
    assert.match(await machine.must("dpkg-query -W -f '${Version}' wattseal"), /\+next$/);
    await machine.write(`${dropIns}/previous.conf`, previousDropIn);
    await machine.must("systemctl daemon-reload");
    await replaceDuring(station, "tx-3", await previousPackage(station.folder));
    await machine.must(`rm ${dropIns}/previous.conf && systemctl daemon-reload`);
    await replaceDuring(station, "tx-4", all.package);
    for (const id of ["tx-1", "tx-2", "tx-3"]) await station.verifyRecord(id);
    assert.deepEqual(await station.records(), { all: 4, waiting: 0 });
    assert.equal(await station.pid("meter"), meter);
  },
  hasPreviousRelease() ? undefined : "this clone does not have the commit of the previous release",
);

systemTest("commands of root change no file, and removal and purge keep what the package does not own", async (all) => {
  await using station = await startStation(all.debian, all.package);
  const { machine } = station;
  await station.tx("start", "tx-1");
  await station.tx("stop", "tx-1");
  await station.mountUsr("rw");
  const list =
    "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log " +
    "-o -path /var/lib/wattseal \\) -prune -o -printf '%p %y %s %m %u %g %T@ %C@\\n' | sort";
  const before = await machine.must(list);
  const journal = "journal list --config /etc/wattseal/site.yaml";
  const commands = [
    "--version",
    "--help",
    "check-config /etc/wattseal/site.yaml",
    journal,
    "health",
    "doctor",
    "reload",
  ];
  for (const command of commands) await machine.run(`wattseal ${command}`);
  await machine.must(`wattseal ${journal} && wattseal tx status --site test-1 --meter evse-1`);
  assert.equal(await machine.must(list), before);
  assert.equal(await machine.must("find /var/lib/wattseal ! -user wattseal"), "");
  assert.doesNotMatch(await machine.must("dpkg --verify wattseal || true"), /^(?!.* c \/etc\/wattseal\/site\.yaml$)./m);

  const state = "find /etc/wattseal /var/lib/wattseal -name spool* -prune -o -type f -printf '%p %u %m\\n' | sort";
  await machine.must("echo own >/etc/wattseal/own.yaml; systemctl stop wattseal");
  const kept = await machine.must(state);
  await machine.must(`systemctl start ${service} && dpkg --remove wattseal`);
  assert.equal(await machine.must(state), kept);
  assert.notEqual((await machine.run(`systemctl is-active ${service}`)).code, 0);
  assert.equal((await machine.run("test -e /usr/lib/wattseal -o -e /usr/bin/wattseal")).code, 1);

  await station.install(all.package);
  await machine.must(`systemctl start ${service}`);
  await station.serves();
  assert.deepEqual(await station.records(), { all: 1, waiting: 0 });

  await machine.must("dpkg --purge wattseal");
  assert.equal(await machine.must(state), kept.replace(/^\/etc\/wattseal\/site\.yaml .*\n/m, ""));
  assert.equal(await machine.must("dpkg-query -W -f '${Status}' wattseal 2>/dev/null || true"), "");
  await machine.must("systemctl is-active nats meter");
});
