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

/** Runs commands as root while the service runs; none may change a file outside the state folder, or own one in it. */
async function runAsRoot({ machine }: BareStation): Promise<void> {
  const left = ["/proc", "/sys", "/dev", "/run", "/tmp", "/var/log", "/var/lib/wattseal"].map((it) => `-path ${it}`);
  const list = `find / -xdev \\( ${left.join(" -o ")} \\) -prune -o -printf '%p %y %s %m %u %g %T@ %C@\\n' | sort`;
  const before = await machine.must(list);
  for (const command of ["--help", "journal list --config /etc/wattseal/site.yaml", "health", "doctor", "reload"]) {
    await machine.must(`wattseal ${command} || [ $? = 1 ]`);
  }
  await machine.must("wattseal tx status --site test-1 --meter evse-1");
  assert.equal(await machine.must(list), before);
  assert.equal(await machine.must("find /var/lib/wattseal ! -user wattseal"), "");
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
    await station.mountUsr("rw");
    await runAsRoot(station);
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
