import assert from "node:assert/strict";
import { join } from "node:path";
import { logLevels } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { serviceLog } from "../../src/cli/log_sink.ts";
import { askService } from "../../src/control/mod.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { runCommand } from "../support/run_command.ts";
import { CommandProcess } from "../support/start_process.ts";

Deno.test("log-level changes the log of the running service until a reload, and prints the present level", async () => {
  const folder = ramFolder();
  const config = join(folder, "site.yaml");
  const text = `site: test\nnats: { servers: [127.0.0.1:9] }\nlog: { level: warn }\nlines:\n` +
    "  - { name: a, serial_port: no-such-device, meters: [{ name: evse-1 }] }\n";
  await Deno.writeTextFile(config, text);
  const levelIn = async () => JSON.parse((await runCommand(["log-level", "--config", config, "--json"])).out).level;
  try {
    const absent = await runCommand(["log-level", "--config", config]);
    assert.deepEqual([absent.code, absent.out], [3, ""]);
    assert.match(absent.err, /^No service runs: /);
    for (
      const command of [["log-level"], ["reload"], ["forget", "evse-1"], ["acknowledge", "evse-1", "MeterExchanged"]]
    ) {
      const { code, out, err } = await runCommand([...command, "--config", config, "--json"]);
      const { ok, error } = JSON.parse(out);
      assert.deepEqual([code, ok, err], [3, false, ""], String(command[0]));
      assert.match(error, /^No service runs: /);
    }
    await using service = new CommandProcess(["start", "--config", config]);
    await service.said("no-such-device");
    const isEnded = service.ended().then(() => true);
    let asked = absent;
    while (asked.code === 3 && !await Promise.race([isEnded, systemTime.sleep(50).then(() => false)])) {
      asked = await runCommand(["log-level", "--config", config]);
    }
    assert.deepEqual(asked, { code: 0, out: "warn\n", err: "" });
    const raised = await runCommand(["log-level", "info", "--config", config]);
    const until = "until the next reload or restart; the configuration has warn";
    assert.deepEqual(raised, { code: 0, out: `The log level is info ${until}\n`, err: "" });
    assert.equal((await runCommand(["log-level", "--config", config])).out, `info (${until})\n`);
    await service.said("The log level is changed level=info before=warn configured=warn");

    // A refused file changes nothing, not even this
    await Deno.writeTextFile(config, text.replace("site: test", "site: a b"));
    assert.equal((await runCommand(["reload", "--config", config])).code, 2);
    await service.said("Reading the configuration again");
    assert.equal(await levelIn(), "info");
    await Deno.writeTextFile(config, text);
    assert.equal((await runCommand(["reload", "--config", config])).code, 0);
    assert.equal(await levelIn(), "warn");

    const same = await runCommand(["log-level", "warn", "--config", config]);
    assert.equal(same.out, "The log level is warn\n");
    const wrong = await runCommand(["log-level", "loud", "--config", config]);
    assert.equal(wrong.code, 2);
    const refused = await askService(join(folder, "state"), JSON.parse('{"command":"log_level","level":"loud"}'));
    assert.deepEqual(refused, { ok: false, error: "The command log_level allows the levels error, warn, info, debug" });
    service.signal("SIGTERM");
    assert.equal((await service.ended()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("each change of the log level is in the log, whichever levels it connects", async () => {
  for (const before of logLevels) {
    for (const next of logLevels) {
      let written = "";
      const stream = {
        write: (bytes: Uint8Array) => Promise.resolve((written += new TextDecoder().decode(bytes), bytes.length)),
      };
      const log = serviceLog({ level: before, format: "text" }, stream, () => 0);
      log.useLevel(next);
      assert.deepEqual([log.level, log.configuredLevel], [next, before]);
      await log.flush();
      const expected = next === before
        ? ""
        : `1970-01-01T00:00:00.000Z WARN  The log level is changed level=${next} before=${before} configured=${before}\n`;
      assert.equal(written, expected);
    }
  }
});
