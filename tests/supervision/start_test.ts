import assert from "node:assert/strict";
import { join } from "node:path";
import { DatagramReceiver } from "../support/datagram_receiver.ts";
import { CommandProcess } from "../support/start_process.ts";

/** The next datagram that is neither a sign of life nor a new status. */
async function unusual(systemd: DatagramReceiver): Promise<string[]> {
  for (;;) {
    const lines = await systemd.next();
    if (lines.at(-1) !== "WATCHDOG=1") return lines;
  }
}

Deno.test("start reports to systemd that it is ready, what is missing, signs of life, a reload and its stop", async () => {
  using systemd = DatagramReceiver.atNewPath();
  const folder = await Deno.makeTempDir();
  const config = join(folder, "site.yaml");
  // Neither the device nor the NATS server exists
  await Deno.writeTextFile(
    config,
    `site: test\nstate_dir: ${folder}/state\nnats: { servers: [127.0.0.1:9] }\nlines:\n` +
      `  - { name: rs485-1, serial_port: ${folder}/meter, meters: [{ name: evse-1, powermeter_device_id: 1 }] }\n`,
  );
  {
    const env = { NOTIFY_SOCKET: systemd.address, WATCHDOG_USEC: "300000" };
    await using service = new CommandProcess(["start", "--config", config], env);
    assert.deepEqual(await systemd.next(), ["READY=1"]);
    const [status, sign] = await systemd.next();
    assert.match(status ?? "", /^STATUS=1 meter on 1 line; .*line rs485-1: /);
    assert.equal(sign, "WATCHDOG=1");
    assert.deepEqual(await systemd.next(), ["WATCHDOG=1"]);
    service.signal("SIGHUP");
    assert.deepEqual(await unusual(systemd), ["RELOADING=1"]);
    assert.deepEqual(await unusual(systemd), ["READY=1"]);
    service.signal("SIGTERM");
    assert.deepEqual(await unusual(systemd), ["STOPPING=1", "STATUS=Stopping"]);
    assert.equal((await service.ended()).code, 0);
  }
  await Deno.remove(folder, { recursive: true });
});
