import assert from "node:assert/strict";
import { Machine } from "./machine.ts";
import { TestStation } from "./station.ts";
import { systemTest } from "./surroundings.ts";

systemTest("the units are clean and as hardened as documented", async ({ installed }) => {
  await using machine = await Machine.boot(installed);
  assert.equal(
    await machine.must(
      "systemd-analyze verify wattseal.service wattseal-bridge@rs485-1.service wattseal-everest.service " +
        "wattseal-web.service 2>&1",
    ),
    "",
  );
  const folder = "/usr/lib/systemd/system";
  // A tenth of the exposure level
  const thresholds = {
    "wattseal.service": 18,
    "wattseal-bridge@.service": 12,
    "wattseal-everest.service": 12,
    "wattseal-web.service": 12,
  };
  for (const [unit, threshold] of Object.entries(thresholds)) {
    await machine.must(`systemd-analyze security --offline=true --threshold=${threshold} ${folder}/${unit}`);
  }
});

systemTest("the service may read whether the clock is synchronised", async ({ installed }) => {
  await using machine = await Machine.boot(installed);
  const probe = "/usr/lib/wattseal/app/tests/system/clock_probe.ts";
  await machine.write(probe, await Deno.readTextFile(new URL("clock_probe.ts", import.meta.url)));
  const deno = "/usr/lib/wattseal/deno run --quiet --cached-only --no-prompt --allow-all";
  await machine.write(
    "/etc/systemd/system/wattseal.service.d/probe.conf",
    `[Service]\nType=oneshot\nRestart=no\nExecStart=\nExecStart=${deno} ${probe}\n`,
  );
  await machine.must("systemctl daemon-reload && systemctl start wattseal.service");
  const log = await machine.must("journalctl -u wattseal.service -o cat --no-pager");
  assert.match(log, /^synchronised: (true|false)$/m);
});

systemTest("a bridge serves a line to the service, and stops with success", async (all) => {
  await using station = await TestStation.boot(all);
  const { machine } = station;
  const bridge = "wattseal-bridge@rs485-1.service";
  await machine.must("chown root:dialout $(readlink /run/rs485-1/meter) && chmod 660 $(readlink /run/rs485-1/meter)");
  await machine.write("/etc/wattseal/bridge-rs485-1.env", "SERIAL_PORT=/run/rs485-1/meter\nBAUDRATE=115200\n");
  const gateway = "gateway: unix:/run/wattseal-bridge/rs485-1.sock";
  await machine.must(`sed -i 's#serial_port: .*#${gateway}#' /etc/wattseal/site.yaml && systemctl start ${bridge}`);
  await station.start();
  await machine.must(`systemctl stop ${bridge}`);
  assert.match(await station.log(bridge), /Deactivated successfully/);
});

systemTest(
  "a bridge without settings is refused with a reason, and one without its device is started again",
  async (all) => {
    await using machine = await Machine.boot(all.installed);
    const bridge = "wattseal-bridge@rs485-1.service";
    assert.notEqual((await machine.run(`systemctl start ${bridge}`)).code, 0);
    await machine.write("/etc/wattseal/bridge-rs485-1.env", "SERIAL_PORT=/dev/ttyUSB0\n");
    await machine.must(`systemctl start ${bridge}`);
    await machine.until(`[ $(systemctl show ${bridge} -P NRestarts) -ge 2 ]`);
  },
);

systemTest("the unit for EVerest is refused without its configuration, and runs with it", async ({ installed }) => {
  await using machine = await Machine.boot(installed);
  const unit = "wattseal-everest.service";
  assert.notEqual((await machine.run(`systemctl start ${unit}`)).code, 0);
  const config = "/etc/wattseal/everest.yaml";
  const mqtt = 'mqtt: { user: station, password: "${MQTT_PASSWORD}" }';
  await machine.write(config, `site: test\n${mqtt}\nmeters: [{ meter: evse-1, module_id: meter_1 }]\n`);
  await machine.write("/etc/wattseal/everest.env", "MQTT_PASSWORD=secret\n");
  await machine.must(`chown root:wattseal ${config} && chmod 640 ${config} && systemctl start ${unit}`);
  const log = `journalctl -u ${unit} -o cat --no-pager`;
  await machine.until(`${log} | grep -q 'The MQTT broker is not connected; retrying'`);
  await machine.until(`${log} | grep -q 'Cannot connect to NATS; retrying'`);
  await machine.must(`systemctl stop ${unit}`);
  assert.match(await machine.must(log), /Deactivated successfully/);
});
