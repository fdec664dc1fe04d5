import assert from "node:assert/strict";
import { join } from "node:path";
import { DatagramReceiver } from "../support/datagram_receiver.ts";
import { CommandProcess } from "../support/start_process.ts";

/** The assignments that systemd receives, however they are divided into datagrams. */
async function* assignments(systemd: DatagramReceiver): AsyncGenerator<string> {
  for (;;) yield* await systemd.next();
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
    const env = { NOTIFY_SOCKET: systemd.address, WATCHDOG_USEC: "1500000" };
    await using service = new CommandProcess(["start", "--config", config], env);
    const received = assignments(systemd);
    const ended = service.ended();
    const failed = ended.then(({ err }) => ({ value: `it ended: ${err}` }));
    /** The next assignment of this name. */
    const next = async (name: string): Promise<string> => {
      for (;;) {
        const { value = "" } = await Promise.race([received.next(), failed]);
        assert.ok(!value.startsWith("it ended"), value);
        if (value.startsWith(`${name}=`)) return value.slice(name.length + 1);
      }
    };
    await next("READY");
    const status = await next("STATUS");
    assert.match(status, /^1 meter on 1 line; .*line rs485-1: The line is closed/);
    assert.match(status, /NATS is not connected/);
    await next("WATCHDOG");
    await next("WATCHDOG");
    service.signal("SIGHUP");
    await next("RELOADING");
    await next("READY");
    service.signal("SIGTERM");
    await next("STOPPING");
    assert.equal((await ended).code, 0);
  }
  await Deno.remove(folder, { recursive: true });
});
