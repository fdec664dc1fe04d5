import assert from "node:assert/strict";
import { TestStation } from "./station.ts";
import { systemTest } from "./surroundings.ts";

const service = "wattseal.service";
/** From the fault to the start of the new process. */
const restartS = 30;

systemTest(
  "the installed service becomes ready, serves a meter, is restarted after a crash, and stops cleanly",
  async (all) => {
    await using station = await TestStation.boot(all);
    const { machine } = station;
    await station.start();
    const running = await station.show(service, "ActiveState", "SubState", "StatusText", "Type", "MainPID");
    assert.deepEqual([running.ActiveState, running.SubState, running.Type], ["active", "running", "notify"]);
    assert.match(running.StatusText ?? "", /^1 meter on 1 line/);
    await machine.must(`systemctl kill --kill-whom=main -s KILL ${service}`);
    await machine.until(`[ $(systemctl show ${service} -P NRestarts) = 1 ] && systemctl is-active ${service}`);
    await station.logged(service, "Found meter");
    assert.notEqual((await station.show(service, "MainPID")).MainPID, running.MainPID);
    await machine.must(`systemctl stop ${service}`);
    assert.match(await station.log(service), /INFO {2}Stopping\n(.*\n)*.*Deactivated successfully/);
  },
);

systemTest("the service becomes ready without NATS and without its meter, and its status says so", async (all) => {
  await using station = await TestStation.boot(all);
  const { machine } = station;
  await machine.must(`systemctl stop nats.service rs485-1.service && systemctl start ${service}`);
  const { ActiveState, StatusText } = await station.show(service, "ActiveState", "StatusText");
  assert.equal(ActiveState, "active");
  assert.match(StatusText ?? "", /line rs485-1: The line is closed/);
  assert.match(StatusText ?? "", /NATS is not connected/);
  await station.startBroker();
  await station.logged(service, "Connected to NATS");
});

systemTest("a configuration that cannot be used fails the unit at once, without restarts", async (all) => {
  await using station = await TestStation.boot(all);
  await station.machine.write("/etc/wattseal/site.yaml", "site: test-1\nlines: 3\n");
  assert.notEqual((await station.machine.run(`systemctl start ${service}`)).code, 0);
  const failed = await station.show(service, "ActiveState", "ExecMainStatus", "NRestarts");
  assert.deepEqual(failed, { ActiveState: "failed", ExecMainStatus: "2", NRestarts: "0" });
});

/** A station whose service can be broken by signals, with two lines. */
async function failingStation(all: Parameters<typeof TestStation.boot>[0]): Promise<TestStation> {
  const station = await TestStation.boot(all, [1, 2]);
  const { machine } = station;
  const wrapper = await Deno.readTextFile(new URL("failing_service.ts", import.meta.url));
  await machine.write("/usr/lib/wattseal/app/tests/system/failing_service.ts", wrapper);
  await machine.must(
    `unit=/usr/lib/systemd/system/${service}; mkdir -p /etc/systemd/system/${service}.d; ` +
      `{ echo '[Service]'; echo ExecStart=; sed -n 's#src/cli/main.ts start#tests/system/failing_service.ts start#p' $unit; } ` +
      `>/etc/systemd/system/${service}.d/failing.conf; systemctl daemon-reload`,
  );
  await station.start();
  return station;
}

async function restartedInTime(station: TestStation, brokenS: number): Promise<void> {
  const tookS = await station.restarted(brokenS, 1);
  Deno.stdout.writeSync(new TextEncoder().encode(`restarted ${tookS} s after the fault\n`));
  assert.ok(tookS <= restartS, `restarted after ${tookS} s`);
}

systemTest("systemd restarts the service within 30 s when its main loop is blocked", async (all) => {
  await using station = await failingStation(all);
  const brokenS = Number(await station.machine.must(`date +%s; systemctl kill --kill-whom=main -s USR1 ${service}`));
  await restartedInTime(station, brokenS);
  assert.match(await station.log(service), /Watchdog timeout/);
  await station.logged(service, "Found meter");
});

systemTest(
  "systemd restarts the service within 30 s when the loop of one line is dead while timers run",
  async (all) => {
    await using station = await failingStation(all);
    const brokenS = Number(await station.machine.must(`date +%s; systemctl kill --kill-whom=main -s USR2 ${service}`));
    await restartedInTime(station, brokenS);
    const log = await station.log(service);
    assert.match(
      log,
      /ERROR The line no longer works: its loop waits for an answer of unit 2 .*line=rs485-2.*\n(.*\n)*.*Watchdog timeout/,
    );
    await station.logged(service, "Found meter");
  },
);

systemTest("systemctl reload puts a new configuration into force, and reports one that is refused", async (all) => {
  await using station = await TestStation.boot(all);
  const { machine } = station;
  await station.start();
  const { MainPID } = await station.show(service, "MainPID");
  const file = "/etc/wattseal/site.yaml";
  await machine.must(`sed -i 's/powermeter_device_id: 1/&, live_measurement_interval_ms: 2000/' ${file}`);
  await machine.must(`systemctl reload ${service}`);
  await station.logged(service, "The configuration is in force: 1 change");
  await machine.must(`echo 'unknown_key: 3' >>${file}`);
  assert.notEqual((await machine.run(`systemctl reload ${service}`)).code, 0);
  await station.logged(service, "The new configuration is refused");
  assert.deepEqual(await station.show(service, "MainPID", "SubState"), { MainPID, SubState: "running" });
});
