import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { healthArguments } from "../../src/cli/health_arguments.ts";
import { ControlServer } from "../../src/control/control_server.ts";
import { openJournal } from "../../src/journal/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { runCommand } from "../support/run_command.ts";
import { everyMeterRead, openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

/** A folder that is removed afterwards. */
class Folder implements AsyncDisposable {
  readonly path = ramFolder();

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

const report = { site: "test", version: "1.2.3", lines: 1, meters: 13 };

Deno.test("health prints one line for a healthy service, and one line for each problem, the most severe first", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.line("ready");
  await everyMeterRead(site.client, [1]);
  await using healthy = new CommandProcess(["health", "--config", site.config]);
  const { code, out, err } = await healthy.ended();
  assert.match(out, /^Healthy: 1 meter on 1 line at site test, version .*\n$/);
  assert.deepEqual([code, err], [0, ""]);

  const fault = site.client.subscribe("wattseal.test.evse-1.fault.CommunicationError", { max: 1 });
  await site.client.flush();
  await site.line.unplug();
  for await (const _fault of fault);
  await site.server.stop();
  const problems = async () => (await runCommand(["health", "--config", site.config])).out.trim().split("\n");
  let found = await problems();
  while (found.length < 3) found = await problems();
  const [line = "", meter = "", nats = ""] = found;
  assert.match(line, /^High {4}line rs485-1: The line is closed and is opened again without end: /);
  assert.match(meter, /^(High|Medium) +meter evse-1: .* \(CommunicationError, since \d{4}-/);
  assert.match(nats, /^Medium {2}NATS is not connected \(127\..*\): /);
  const { code: ill, out: json } = await runCommand(["health", "--config", site.config, "--json"]);
  const { healthy: isHealthy, problems: reported } = JSON.parse(json);
  assert.deepEqual([ill, isHealthy, reported.length], [1, false, 3]);
  assert.equal(reported[0].line, "rs485-1");
});

Deno.test("health without a running service prints one problem and ends with 1", async () => {
  await using folder = await new Folder();
  const { code, out } = await runCommand(["health", "--state-dir", folder.path]);
  assert.match(out, /^High {4}No service runs: there is no control socket .*control\.sock; start it.*\n$/);
  assert.equal(code, 1);
  const { out: json } = await runCommand(["health", "--state-dir", folder.path, "--json"]);
  assert.equal(JSON.parse(json).healthy, false);
});

Deno.test("health names the process of a service without its control socket", async () => {
  await using folder = await new Folder();
  const journal = openJournal(folder.path, { now: () => 0 });
  const { code, out } = await runCommand(["health", "--state-dir", folder.path]);
  journal.close();
  assert.match(out, new RegExp(`^High {4}The service runs \\(process ${Deno.pid}\\), but without its control socket`));
  assert.equal(code, 1);
});

Deno.test("health reports a service that refuses the request or answers something unknown", async () => {
  await using folder = await new Folder();
  for (
    const [reply, expected] of [
      [{ ok: false, error: "The journal is gone" }, /^High {4}The journal is gone\n$/],
      [{ ok: true }, /^High {4}The service has another version/],
    ] as const
  ) {
    const server = await ControlServer.open(folder.path, { health: () => reply }, { log: silentLog, time: systemTime });
    const { code, out } = await runCommand(["health", "--state-dir", folder.path]);
    await server.close();
    assert.match(out, expected);
    assert.equal(code, 1);
  }
});

Deno.test("health finds the state folder in a configuration that became faulty, and in one that only a parser can read", async () => {
  await using folder = await new Folder();
  const state = join(folder.path, "state");
  await Deno.mkdir(state);
  const server = await ControlServer.open(
    state,
    { health: () => ({ ok: true, ...report, problems: [] }) },
    { log: silentLog, time: systemTime },
  );
  const config = join(folder.path, "site.yaml");
  const valid = "lines: [{ name: a, serial_port: ./m, meters: [{ name: m }] }]";
  for (
    const [text, expected] of [
      ["site: test\n", 0],
      ["site: [\nstate_dir: ./state # here\n", 0],
      [`state_dir: ${state}\n`, 0],
      [`# state_dir: ./other\nsite: test\nstate_dir: "./st\\x61te"\n${valid}\n`, 0],
      [`{ site: test, state_dir: state, ${valid} }`, 0],
      ["site: test\nstate_dir: './state\n", 2],
    ] as const
  ) {
    await Deno.writeTextFile(config, text);
    const { code, out, err } = await runCommand(["health", "--config", config]);
    assert.equal(code, expected, `${text}\n${out}${err}`);
  }
  await server.close();
});

Deno.test("health with faulty arguments ends with 2", async () => {
  await using folder = await new Folder();
  const { path } = folder;
  for (
    const args of [["--config", "a", "--state-dir", path], ["--config", join(path, "none.yaml")], ["--jsn"], ["x"]]
  ) {
    const { code, out, err } = await runCommand(["health", ...args]);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
    assert.notEqual(err, "");
  }
});

Deno.test("plain arguments of health are read without the parser of all commands", () => {
  assert.deepEqual(healthArguments(["health"]), { json: false });
  assert.deepEqual(healthArguments(["health", "--json", "--config", "a.yaml"]), { json: true, config: "a.yaml" });
  assert.deepEqual(healthArguments(["health", "--state-dir", "s"]), { json: false, stateDir: "s" });
  for (const other of [[], ["start"], ["health", "--help"], ["health", "--config"], ["health", "--config", "--json"]]) {
    assert.equal(healthArguments(other), undefined, other.join(" "));
  }
});
