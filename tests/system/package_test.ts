import assert from "node:assert/strict";
import { join } from "node:path";
import { Machine } from "./machine.ts";
import { changedPackage } from "./packages.ts";
import { must, tool } from "./run_tool.ts";
import { TestStation } from "./station.ts";
import { type Surroundings, systemTest } from "./surroundings.ts";

const service = "wattseal.service";

/** Puts a package of a later release into a machine, in which one file of the program has one more line. */
async function laterPackage(all: Surroundings, machine: Machine, version: string, file: string): Promise<string> {
  const addLine = (text: string) => `${text}\n// changed\n`;
  await changedPackage(all.package, join(machine.root, "root"), { version, file, change: addLine });
  return `/root/${version}.deb`;
}

/** Commands that load different parts of the program, with their exit codes. */
const commands: readonly (readonly [command: string, code: number])[] = [
  ["--version", 0],
  ["--help", 0],
  ["journal list --state-dir /var/lib/wattseal", 2],
  ["check-config /usr/share/doc/wattseal/examples/one-meter.yaml", 0],
  ["verify /etc/passwd", 2],
  ["scan", 2],
  ["fleet list --server 127.0.0.1:1", 3],
  ["demo --once --meters 1", 0],
  ["web --export /tmp/verify.html", 0],
];

async function runCommands(machine: Machine): Promise<void> {
  for (const [command, expected] of commands) {
    const { code, err } = await machine.run(`cd /tmp; wattseal ${command}`);
    assert.equal(code, expected, `${command}: ${err}`);
  }
}

/** Runs what follows with a read-only `/usr`. */
const readOnlyUsr = "unshare --mount sh -c 'mount --bind -o ro /usr /usr && ! touch /usr/x 2>&- && exec \"$@\"' sh";

systemTest("no command changes an installed file, run by root, by a user, or with a read-only /usr", async (all) => {
  await using machine = await Machine.boot(all.installed);
  const state = "dpkg -V wattseal; find /usr /etc/wattseal -xdev -printf '%p %m %U %s %T@\\n' | sort | md5sum";
  const before = await machine.must(state);
  assert.match(before, /^[0-9a-f]{32} {2}-$/);
  await runCommands(machine);
  // Files of a user must not matter: a project in the current folder, a registry of his own.
  await machine.must(
    "useradd -m guest; cd ~guest; echo '{' >deno.json; echo '{' >package.json; mkdir node_modules; " +
      "echo registry=http://127.0.0.1:1/ >.npmrc",
  );
  const guest = "runuser -u guest -- env HOME=/home/guest";
  for (const where of ["", readOnlyUsr]) {
    assert.match(await machine.must(`cd ~guest; ${where} ${guest} wattseal --version`), /^\d+\.\d+\.\d+ \(commit /);
    await machine.must(`cd ~guest; ${where} ${guest} wattseal demo --once --meters 1`);
  }
  assert.equal(await machine.must(state), before);
});

systemTest(
  "an upgrade restarts what runs and has changed, and a rollback too; both keep state and settings",
  async (all) => {
    await using station = await TestStation.boot(all);
    const { machine } = station;
    await machine.must("mkdir -p /etc/systemd/system/wattseal-bridge@.service.d; touch /etc/wattseal/bridge-one.env");
    await machine.write(
      "/etc/systemd/system/wattseal-bridge@.service.d/idle.conf",
      "[Service]\nExecStart=\nExecStart=/bin/sleep infinity\n",
    );
    await machine.must(`systemctl daemon-reload; systemctl start wattseal-bridge@one; systemctl enable ${service}`);
    await station.start();
    const processes = async () => [
      (await station.show(service, "MainPID")).MainPID,
      (await station.show("wattseal-bridge@one.service", "MainPID")).MainPID,
    ];
    const kept = "cat /etc/wattseal/site.yaml; stat -c '%U %a' /etc/wattseal/site.yaml /var/lib/wattseal; " +
      "stat -c %i /var/lib/wattseal/journal.db";
    const before = await machine.must(kept);
    const [first, bridge] = await processes();

    const other = await laterPackage(all, machine, "90", "usr/lib/wattseal/app/src/service.ts");
    await machine.must(`dpkg -i ${other}`);
    await station.logged(service, "Found meter");
    const [second, sameBridge] = await processes();
    assert.notEqual(second, first);
    assert.equal(sameBridge, bridge);

    const newBridge = await laterPackage(all, machine, "91", "usr/lib/wattseal/app/bridge/mod.ts");
    await machine.must(`dpkg -i ${newBridge}`);
    assert.notEqual((await processes())[1], bridge);

    await machine.must(`systemctl stop ${service}; dpkg -i /root/wattseal.deb`);
    assert.equal((await machine.run(`systemctl is-active ${service}`)).out, "inactive\n");
    await machine.must(`systemctl start ${service}`);
    await station.logged(service, "Found meter");
    assert.equal(await machine.must(kept), before);
    assert.equal(await machine.must("dpkg -V wattseal"), "??5?????? c /etc/wattseal/site.yaml");
  },
);

systemTest(
  "after a removal a new installation continues, and a purge removes only what is the package's",
  async (all) => {
    await using station = await TestStation.boot(all);
    const { machine } = station;
    await machine.must(`touch /etc/wattseal/nats.creds; systemctl enable ${service}`);
    await station.start();
    await machine.must("dpkg -r wattseal");
    assert.notEqual((await machine.run("pgrep -u wattseal deno")).code, 0);
    assert.notEqual((await machine.run("ls -d /usr/lib/wattseal")).code, 0);
    assert.match(await machine.must("ls /etc/wattseal /var/lib/wattseal"), /nats\.creds\nsite\.yaml[^]*journal\.db/);

    await machine.must("dpkg -i /root/wattseal.deb");
    await station.logged(service, "Found meter");

    await machine.must("dpkg -P wattseal");
    assert.equal(await machine.must("ls /etc/wattseal"), "nats.creds");
    assert.match(await machine.must("stat -c %U /var/lib/wattseal/journal.db"), /^wattseal$/);
    assert.notEqual((await machine.run(`systemctl is-enabled ${service}`)).code, 0);
    assert.equal((await machine.run("dpkg-query -W -f '${Status}' wattseal")).out, "");

    // The simulator belongs to the user of the service.
    await machine.must("systemctl stop rs485-1.service");
    await machine.must("rm -r /var/lib/wattseal /etc/wattseal; dpkg -i /root/wattseal.deb; dpkg -P wattseal");
    assert.equal(await machine.must("ls -d /etc/wattseal /var/lib/wattseal 2>&- || echo none"), "none");
    assert.equal(await machine.must("getent passwd wattseal wattseal-bridge || echo none"), "none");
  },
);

/** Names of shared libraries and versions of glibc in a program. */
function neededIn(program: Uint8Array): { readonly libraries: string[]; readonly glibc: number } {
  const texts = new TextDecoder("latin1").decode(program);
  const libraries = [...texts.matchAll(/\0(lib[a-z_+]+\.so\.\d)(?=\0)/g)].map(([, name = ""]) => name);
  const versions = [...texts.matchAll(/\0GLIBC_2\.(\d+)(?=\0)/g)].map(([, minor]) => Number(minor));
  return { libraries, glibc: Math.max(...versions) };
}

systemTest("the package depends on the libraries that its programs need", async ({ installed }) => {
  const files = await must(
    "find",
    join(installed, "usr/lib/wattseal"),
    "-name",
    "deno",
    "-type",
    "f",
    "-o",
    "-name",
    "*.node",
  );
  const programs = await Promise.all(files.trim().split("\n").map(async (file) => neededIn(await Deno.readFile(file))));
  assert.equal(programs.length, 2);
  const providers: Record<string, string> = { "libgcc_s.so.1": "libgcc-s1", "libstdc++.so.6": "libstdc++6" };
  const ofGlibc = /^lib(c|dl|m|rt|pthread)\.so\.\d$/;
  const needed = new Set(programs.flatMap(({ libraries }) => libraries).filter((name) => !ofGlibc.test(name)));
  const { out } = await tool(
    "dpkg-query",
    "--admindir",
    join(installed, "var/lib/dpkg"),
    "-W",
    "-f",
    "${Depends}",
    "wattseal",
  );
  assert.match(out, new RegExp(`libc6 \\(>= 2\\.${Math.max(...programs.map(({ glibc }) => glibc))}\\)`));
  for (const library of needed) assert.ok(out.includes(providers[library] ?? library), library);
});

systemTest("an adapter gets a name of its socket and one of its serial number, for each of its ports", async (all) => {
  await using machine = await Machine.boot(all.installed);
  // A container has no adapter: the rules are applied to a console that looks like the second port of one.
  const rules = await machine.must("cat /usr/lib/udev/rules.d/70-wattseal.rules");
  await machine.write("/etc/udev/rules.d/70-wattseal.rules", rules.replace("ttyUSB[0-9]*", "tty*"));
  const names = async (serial: string) => {
    await machine.write(
      "/etc/udev/rules.d/69-adapter.rules",
      `ENV{ID_PATH_TAG}="usb-0_1_2", ENV{ID_SERIAL_SHORT}="${serial}", ENV{ID_USB_INTERFACE_NUM}="00", ` +
        'ENV{.WATTSEAL_PORT}="1"\n',
    );
    const { out, err } = await machine.run("udevadm test /sys/class/tty/tty 2>&1");
    assert.doesNotMatch(out + err, /70-wattseal\.rules:\d+ (?!LINK|Importing)/);
    return /^DEVLINKS=(.*)$/m.exec(out)?.[1]?.split(" ").toSorted();
  };
  assert.deepEqual(await names("A50285BI"), [
    "/dev/wattseal-port-usb-0_1_2-1",
    "/dev/wattseal-serial-A50285BI-if00-1",
  ]);
  // The makers of CP210x chips deliver them with this number.
  assert.deepEqual(await names("0001"), ["/dev/wattseal-port-usb-0_1_2-1"]);
});
