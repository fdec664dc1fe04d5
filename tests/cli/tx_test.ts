import assert from "node:assert/strict";
import { connect } from "nats";
import { Service } from "../../src/service.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { statusLines } from "../../src/cli/tx_text.ts";
import { writeTlsFiles } from "../nats/tls_files.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { runCommand } from "../support/run_command.ts";
import { openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";
import { leaveRecord } from "./leave_record.ts";

const meter = ["--site", "test", "--meter", "evse-1"];

/** A site whose service serves one meter. @param prepare uses its line before the service @returns the environment of commands */
async function servedSite(
  parts: AsyncDisposableStack,
  prepare: (path: string | undefined) => Promise<void> = () => Promise.resolve(),
): Promise<{ NATS_URL: string }> {
  const site = parts.use(await openSite({ meters: [new SimulatedMeter({ unit: 1 })] }));
  await prepare(site.line.path);
  const text = await Deno.readTextFile(site.config);
  const settings = loadConfig(text, { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  parts.defer(() => service.stop());
  await service.metersTried;
  return { NATS_URL: site.server.address };
}

Deno.test("tx starts a transaction over NATS, shows its status and stops it", async () => {
  await using parts = new AsyncDisposableStack();
  const env = await servedSite(parts);
  const run = async (...args: string[]) => {
    const { code, out } = await runCommand(["tx", ...args, ...meter, "--json"], { env });
    return { code, answer: JSON.parse(out) };
  };
  const started = await run("start", "--evse", "DE*ABC*E1", "--id", "tx-1", "--flags", "RFID_PLAIN");
  assert.deepEqual([started.code, started.answer.status, started.answer.transaction_id], [0, "OK", "tx-1"]);
  assert.equal((await run("status")).answer.transaction.state, "running");
  const stopped = await run("stop", "--id", "tx-1");
  assert.match(stopped.answer.signed_meter_value.signed_meter_data, /^OCMF\|/);
  // As a process, to test the exit code
  await using process = new CommandProcess(["tx", "stop", "--id", "tx-2", ...meter, "--json"], env);
  const unknown = await process.ended();
  assert.deepEqual([unknown.code, JSON.parse(unknown.out).code], [1, "UNKNOWN_TRANSACTION"]);
});

Deno.test("tx prints one line for a start and for a record, and needs --supersede to end an open transaction", async () => {
  await using parts = new AsyncDisposableStack();
  const env = await servedSite(parts);
  const run = (...args: string[]) => runCommand(["tx", ...args, ...meter], { env });
  const evse = ["--evse", "DE*ABC*E1"];

  assert.deepEqual(await run("start", ...evse, "--id", "aa-1"), {
    code: 0,
    out: "Started aa-1 on evse-1 (DE*ABC*E1)\n",
    err: "",
  });
  const busy = await run("start", ...evse, "--id", "aa-2");
  assert.deepEqual(busy, {
    code: 1,
    out: "",
    err:
      "TRANSACTION_OPEN: Cannot start a transaction on meter evse-1: aa-1 is open; stop it first, or give --supersede\n",
  });
  const busyJson = await run("start", ...evse, "--id", "aa-2", "--json");
  assert.deepEqual([busyJson.code, JSON.parse(busyJson.out).code], [1, "TRANSACTION_OPEN"]);
  assert.equal((await run("start", ...evse, "--id", "aa-1")).code, 0);
  const superseding = await run("start", ...evse, "--id", "aa-2", "--supersede");
  assert.deepEqual(superseding, {
    code: 0,
    out: "Started aa-2 on evse-1 (DE*ABC*E1)\nEnded aa-1 before; its record is in the journal\n",
    err: "",
  });

  const ambiguous = await run("stop", "--id", "aa");
  assert.deepEqual([ambiguous.code, ambiguous.out], [1, ""]);
  assert.match(ambiguous.err, /^Several transactions begin with aa; nothing was done\..*\n {2}aa-1\n {2}aa-2\n$/);
  const status = await run("status", "--id", "aa-2", "--json");
  assert.equal(JSON.parse(status.out).transaction.state, "running");

  assert.equal((await run("start", ...evse, "--id", "bb-1", "--supersede")).code, 0);
  const stopped = await run("stop", "--id", "b");
  assert.equal(stopped.code, 0, stopped.err);
  assert.match(
    stopped.out,
    /^meter .*\n-.*\nevse-1 {2}DE\*ABC\*E1 {2}bb-1 +\d{4}-\d\d-\d\d \d\d:\d\d +00:00:\d\d +[\d.]+ kWh {2}\w+\nStopped bb-1\n$/,
  );
  assert.match((await run("stop", "--id", "bb", "--full")).out, /"signed_meter_data": "OCMF\|/);
  const again = await run("stop", "--id", "b");
  assert.deepEqual([again.code, again.err, again.out.split("\n")[2]], [0, "", stopped.out.split("\n")[2]]);
  assert.match(again.out, /\nbb-1 had ended before this stop, at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n$/);
  assert.match((await run("stop", "--id", "aa-1")).out, /\naa-1 had ended before this stop, at \S*Z \(superseded\)\n$/);

  assert.equal((await run("start", ...evse, "--id", "cc-1")).code, 0);
  const open = await run("stop", "--id", "");
  assert.deepEqual([open.code, open.err], [0, ""]);
  assert.match(open.out, /\nevse-1 {2}DE\*ABC\*E1 {2}cc-1 .* kWh .*\nStopped cc-1\n$/);
  const none = await run("stop", "--id", "");
  assert.deepEqual([none.code, none.out.split(":")[0]], [0, "The reply has no record"]);
});

Deno.test("tx status prints the state of a transaction, and tx stop the record of a transaction without an id", async () => {
  await using parts = new AsyncDisposableStack();
  const env = await servedSite(parts, (path) => leaveRecord(path, "", "RUNNING"));
  const run = async (...args: string[]) => {
    const { code, out, err } = await runCommand(["tx", ...args, ...meter], { env });
    return [code, out.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, "TIME"), err];
  };
  const [stopCode, stopped] = await run("stop", "--id", "");
  assert.equal(stopCode, 0);
  assert.match(String(stopped), /\nevse-1 .* kWh .*\nStopped the open transaction, which has no id\n$/);
  assert.deepEqual(await run("status"), [0, "evse-1: finished\n  transaction  without an id\n", ""]);
  assert.equal((await run("start", "--evse", "E1", "--id", "aa-1"))[0], 0);
  const running = "evse-1: running\n  transaction  aa-1\n  started      TIME\n";
  assert.deepEqual(await run("status"), [0, running, ""]);
  assert.equal((await run("stop", "--id", "aa-1"))[0], 0);
  const [code, ended] = await run("status", "--id", "aa");
  assert.equal(code, 0);
  assert.match(
    String(ended),
    /^evse-1: finished\n {2}transaction {2}aa-1\n {2}started {6}TIME\n {2}stopped {6}TIME\n {2}record {7}(not yet delivered|delivered TIME)\n$/,
  );
  assert.match(String((await run("status", "--full"))[1]), /^{\n {2}"status": "OK",\n {2}"transaction": {$/m);
  assert.deepEqual(await run("status", "--id", "zz"), [
    1,
    "",
    "UNKNOWN_TRANSACTION: Transaction zz is unknown on meter evse-1\n",
  ]);
  assert.deepEqual(statusLines(undefined, "evse-1"), ["evse-1: no transaction"]);
  const lost = { state: "finished", transaction_id: "aa-2", reason: "not_on_meter" } as const;
  assert.deepEqual(statusLines(lost, "evse-1").slice(1), ["  transaction  aa-2", "  record       none"]);
});

Deno.test("tx reports what is wrong with an invalid reply", async () => {
  await using server = await startNatsServer({ jetstream: false });
  const client = await connect({ servers: server.address });
  let answer = "";
  client.subscribe("wattseal.test.evse-1.transaction.status", { callback: (_error, ask) => void ask.respond(answer) });
  await client.flush();
  const run = (text: string) => {
    answer = text;
    return runCommand(["tx", "status", "--full", ...meter, "--server", server.address]);
  };
  for (const broken of ["", "no JSON \x1b[2J", "[".repeat(100_000)]) {
    const { code, out, err } = await run(broken);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^Cannot use the reply on wattseal\.test\.evse-1\.transaction\.status: [ -~]*\n$/);
  }
  for (const other of ["null", "[]", "3"]) assert.equal((await run(other)).code, 1);
  const { code, out } = await run('{"status":"OK","transaction_id":"\x9b2J\u202e"}');
  assert.equal(code, 0);
  assert.match(out, /^[\n -~]*$/);
  assert.deepEqual(JSON.parse(out), { status: "OK", transaction_id: "\x9b2J\u202e" });
  await client.close();
});

Deno.test("tx exits with 3 without a server, with 1 if no node serves the meter, with 2 for wrong usage", async () => {
  await using site = await openSite({ meters: [] });
  const run = (args: string[], env: Record<string, string>) => runCommand(["tx", ...args], { env });
  const away = await run(["status", ...meter], { NATS_URL: "127.0.0.1:1" });
  assert.equal(away.code, 3);
  assert.match(away.err, /Cannot connect to NATS at 127\.0\.0\.1:1/);
  const unserved = await run(["status", ...meter], { NATS_URL: site.server.address });
  assert.equal(unserved.code, 1);
  assert.match(unserved.err, /wattseal\.test\.evse-1\.transaction\.status failed: no node serves/);
  assert.equal((await run(["status", "--site", "test"], {})).code, 2);
});

Deno.test("tx exits with 2 and names an invalid address or invalid credentials", async () => {
  const folder = await Deno.makeTempDir();
  const yaml = `${folder}/site.yaml`;
  await Deno.writeTextFile(yaml, "site: test\n");
  const status = async (args: string[], env: Record<string, string> = {}) => {
    const surroundings = { env: { NATS_URL: "127.0.0.1:1", ...env } };
    const { code, err } = await runCommand(["tx", "status", ...meter, ...args], surroundings);
    return [code, err] as const;
  };
  const cases: [string[], Record<string, string>, RegExp][] = [
    [
      ["--creds", "/nope"],
      {},
      /^--creds: Cannot read NATS credentials from \/nope: there is no such file; check its path/,
    ],
    [["--creds", yaml], {}, /^--creds: Cannot use .*site\.yaml as NATS credentials: it does not contain a user's JWT/],
    [[], { NATS_CREDS: "/nope" }, /^NATS_CREDS: Cannot read/],
    [["--server", "foo::bar"], {}, /^--server "foo::bar" is not an address of a NATS server: allowed: HOST/],
    [["--server", ""], {}, /^--server "" is not an address/],
    [[], { NATS_URL: "127.0.0.1:1,http://a" }, /^NATS_URL "127\.0\.0\.1:1,http:\/\/a" is not an address/],
  ];
  for (const [args, env, message] of cases) {
    const [code, err] = await status(args, env);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  const [code, err] = await status([], { NATS_URL: "", NATS_CREDS: "" });
  assert.ok(code === 3 ? /at 127\.0\.0\.1:4222/.test(err) : code === 1, err);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tx and watch exit with 2 and name the option if a name or a prefix cannot be part of a subject", async () => {
  const wrong: [string, string][] = [["--site", "a.b"], ["--site", ""], ["--meter", "b*n"], ["--meter", ">"], [
    "--prefix",
    "a..b",
  ]];
  for (const command of [["tx", "status", ...meter], ["watch"]]) {
    for (const [option, value] of wrong) {
      const { code, err } = await runCommand([...command, option, value]);
      assert.equal(code, 2, `${command} ${option} ${value}`);
      assert.match(
        err,
        new RegExp(`option '${option} <\\w+>' argument '.*' is invalid. Allowed: (?:one token|tokens) of`),
      );
    }
  }
});

Deno.test("tx uses TLS for an address with tls://, and sends nothing to a server without TLS", async () => {
  const folder = await Deno.makeTempDir();
  const tls = await writeTlsFiles(folder);
  const status = (address: string) => runCommand(["tx", "status", ...meter], { env: { NATS_URL: address } });
  {
    await using plain = await startNatsServer({ jetstream: false });
    const refused = await status(`tls://${plain.address}`);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /Cannot connect to NATS at tls:\/\/127\.[\d.]+:\d+: the server does not offer TLS/);
    assert.equal((await status(`tls://127.0.0.1:1,nats://${plain.address}`)).code, 3);
  }
  await using secure = await startNatsServer({
    config: `tls { cert_file: "${tls.certFile}", key_file: "${tls.keyFile}" }`,
  });
  const environment = { NATS_URL: `tls://${secure.address}`, DENO_CERT: tls.caFile, NODE_EXTRA_CA_CERTS: tls.caFile };
  await using trusting = new CommandProcess(["tx", "status", ...meter], environment);
  const trusted = await trusting.ended();
  assert.deepEqual([trusted.code, /no node serves/.test(trusted.err)], [1, true], trusted.err);
  const stranger = await status(`tls://${secure.address}`);
  assert.equal(stranger.code, 3);
  assert.match(stranger.err, /certificate/);
  await Deno.remove(folder, { recursive: true });
});
