import assert from "node:assert/strict";
import { join } from "node:path";
import { DatagramReceiver } from "../support/datagram_receiver.ts";
import { CommandProcess } from "../support/start_process.ts";

Deno.test("start reports to systemd that it is ready, what is missing, its signs of life, and that it stops", async () => {
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
    assert.deepEqual(await systemd.next(), ["STATUS=1 meter on 1 line; line rs485-1 is closed", "WATCHDOG=1"]);
    assert.deepEqual(await systemd.next(), ["WATCHDOG=1"]);
    service.signal("SIGTERM");
    let last: string[];
    do last = await systemd.next(); while (last[0] === "WATCHDOG=1");
    assert.deepEqual(last, ["STOPPING=1", "STATUS=Stopping"]);
    assert.equal((await service.ended()).code, 0);
  }
  await Deno.remove(folder, { recursive: true });
});
