import assert from "node:assert/strict";
import { join } from "node:path";
import { findAccount, mayAccess } from "../../src/doctor/account.ts";
import { checkClock } from "../../src/doctor/clock.ts";
import { checkDevices } from "../../src/doctor/devices.ts";
import { checkDisk } from "../../src/doctor/disk.ts";
import { checkLatencyTimers } from "../../src/doctor/latency_timer.ts";
import { checkPermissions } from "../../src/doctor/permissions.ts";
import { FakeMachine, texts, wattseal } from "./fake_machine.ts";

Deno.test("a user has the groups of /etc/group, and the kernel's rules decide about a file", () => {
  using machine = new FakeMachine();
  assert.deepEqual(findAccount("wattseal", machine.root), wattseal);
  assert.deepEqual(findAccount(990, machine.root), wattseal);
  assert.equal(findAccount("nobody", machine.root), undefined);
  const file = (mode: number, uid: number, gid: number) => ({ mode, uid, gid } as Deno.FileInfo);
  assert.equal(mayAccess(wattseal, file(0o660, 0, 20), "read and write"), true);
  assert.equal(mayAccess(wattseal, file(0o640, 0, 20), "read and write"), false);
  // The bits of the owner count, not those of all
  assert.equal(mayAccess(wattseal, file(0o077, 990, 20), "read"), false);
  assert.equal(mayAccess({ ...wattseal, uid: 0 }, file(0, 1, 1), "use"), true);
});

Deno.test("a missing device, and a file that is none, are problems", () => {
  using machine = new FakeMachine();
  const [missing = ""] = texts(checkDevices(machine.examined()));
  assert.match(missing, /^problem: line rs485-1: .*ttyUSB0: there is no such file.* -> plug the adapter in/);
  machine.write("dev/ttyUSB0", "");
  assert.match(texts(checkDevices(machine.examined()))[0] ?? "", /is not a character device -> name the serial port/);
});

Deno.test("the process that uses a device is named, unless it is the service", () => {
  using machine = new FakeMachine();
  machine.device("dev/ttyUSB0");
  assert.match(texts(checkDevices(machine.examined()))[0] ?? "", /^ok: /);
  machine.write("proc/77/comm", "minicom\n");
  Deno.mkdirSync(join(machine.root, "proc/77/fd"));
  Deno.symlinkSync("/dev/null", join(machine.root, "proc/77/fd/3"));
  assert.match(
    texts(checkDevices(machine.examined()))[0] ?? "",
    /^problem: .* is used by process 77 \(minicom\) -> stop it: a line can have only one master$/,
  );
  assert.match(
    texts(checkDevices(machine.examined({ servicePid: 77 })))[0] ?? "",
    /^ok: .* is used by the service \(process 77\)$/,
  );
});

Deno.test("the latency timer of an adapter is a warning above 1 ms", () => {
  using machine = new FakeMachine();
  const serial = machine.write("dev/ttyUSB0", "");
  const check = () => texts(checkLatencyTimers(machine.examined({ serial })))[0] ?? "";
  assert.match(check(), /^ok: .*no latency timer$/);
  machine.write("sys/bus/usb-serial/devices/ttyUSB0/latency_timer", "16\n");
  assert.match(check(), /^warning: .*latency_timer is 16 ms.* -> echo 1 > .*latency_timer; docs\/hardware\.md/);
  machine.write("sys/bus/usb-serial/devices/ttyUSB0/latency_timer", "1\n");
  assert.match(check(), /^ok: .* is 1 ms$/);
});

Deno.test("a device, a configuration and a state folder that the service's user may not use are problems", () => {
  using machine = new FakeMachine();
  const serial = machine.write("dev/ttyUSB0", "", 0o600);
  const config = machine.write("etc/site.yaml", "", 0o600);
  const stateDir = join(machine.root, "state");
  Deno.mkdirSync(stateDir, { mode: 0o700 });
  const found = texts(checkPermissions({ ...machine.examined({ serial, stateDir }), config }));
  assert.equal(found.length, 3);
  assert.match(found[0] ?? "", /^problem: line rs485-1: user wattseal may not use .*\(\S+ 600\) -> adduser/);
  assert.match(found[1] ?? "", /^problem: User wattseal may not read .*site\.yaml .* -> chown root:wattseal .* 0640/);
  assert.match(found[2] ?? "", /^problem: User wattseal may not use .*state .* -> chown -R wattseal: .*state$/);
});

Deno.test("files in the state folder that another user has left are a problem", () => {
  using machine = new FakeMachine();
  const stateDir = join(machine.root, "state");
  machine.write("state/journal.db", "", 0o600);
  Deno.chmodSync(stateDir, 0o777);
  const found = texts(checkPermissions(machine.examined({ stateDir })));
  assert.match(found.join("\n"), /problem: User wattseal may not use journal\.db in .* -> chown -R wattseal: /);
  assert.match(found.join("\n"), /warning: Other users may list .*state; .* -> chmod 0700/);
});

Deno.test("credentials that every user may read are a problem", () => {
  using machine = new FakeMachine();
  const credentialsFile = machine.write("etc/site.creds", "", 0o644);
  const found = texts(checkPermissions(machine.withNats({ credentialsFile })));
  assert.match(found.join("\n"), /problem: Every user of this machine may read .*site\.creds.* -> chmod o= /);
});

Deno.test("credentials in a folder that the service's user may not enter are a problem", () => {
  using machine = new FakeMachine();
  const credentialsFile = machine.write("root/site.creds", "", 0o640);
  Deno.chmodSync(join(machine.root, "root"), 0o700);
  const found = texts(checkPermissions(machine.withNats({ credentialsFile })));
  assert.match(found.join("\n"), /problem: User wattseal may not enter .*root, where .*site\.creds is -> chmod o\+x/);
});

Deno.test("an unsynchronised or impossible clock is a problem, or a warning if it is configured", () => {
  using machine = new FakeMachine();
  const check = (changes: Parameters<FakeMachine["examined"]>[0]) => texts(checkClock(machine.examined(changes)))[0];
  assert.match(check({}) ?? "", /^ok: The clock is synchronised; it is 2026-06-01/);
  assert.match(check({ clockSynchronised: false }) ?? "", /^problem: .*not synchronised.* -> start chrony/);
  assert.match(check({ nowMs: 0 }) ?? "", /^problem: .*year 1970/);
  assert.match(check({ clockSynchronised: undefined }) ?? "", /^unknown: /);
  const { settings } = machine.examined();
  const lenient = { ...settings, clock: { ...settings.clock, requireSync: false } };
  assert.match(check({ settings: lenient, clockSynchronised: false }) ?? "", /^warning: .*require_sync is off/);
});

Deno.test("the kind and the mode of the file system of the state folder are checked", () => {
  using machine = new FakeMachine();
  const check = (mounts: string) => {
    machine.write("proc/mounts", `/dev/a / ext4 rw 0 0\n${mounts}`);
    return texts(checkDisk(machine.examined()))[0] ?? "";
  };
  const { root } = machine;
  assert.match(check(""), /^ok: .*state is on \/ \(ext4\)$/);
  assert.match(
    check(`tmpfs ${root} tmpfs rw 0 0\n`),
    /^problem: .*\(tmpfs\): a restart of the machine loses its records/,
  );
  assert.match(check(`/dev/b ${root} ext4 ro,noatime 0 0\n`), /^problem: .*mounted read-only/);
  assert.match(check(`/dev/b ${root} vfat rw 0 0\n`), /^problem: .*\(vfat\)/);
  assert.match(check(`h:/x ${root} nfs4 rw 0 0\n`), /^warning: .*\(nfs4\)/);
});

Deno.test("too little free space is a problem", () => {
  using machine = new FakeMachine();
  const examined = machine.examined();
  const { settings } = examined;
  const full = { ...settings, journal: { ...settings.journal, alarmFreeMb: 1_000_000_000 } };
  assert.match(texts(checkDisk(examined)).at(-1) ?? "", /^ok: \d+ MB of \d+ MB are free$/);
  assert.match(
    texts(checkDisk({ ...examined, settings: full })).at(-1) ?? "",
    /^problem: .*less than .* -> free space/,
  );
});
