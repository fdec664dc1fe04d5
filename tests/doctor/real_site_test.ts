import assert from "node:assert/strict";
import { join } from "node:path";
import type { Finding } from "../../src/doctor/mod.ts";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { streamConfig, streamKinds } from "../../src/nats/streams.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { runCommand } from "../support/run_command.ts";
import { everyMeterRead, openSite, type Site } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

interface Report {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

async function doctor(site: Site): Promise<{ code: number; report: Report }> {
  const { code, out, err } = await runCommand(["doctor", site.config, "--json"]);
  assert.equal(err, "");
  return { code, report: JSON.parse(out) };
}

/** What was found, without the findings that depend on the machine of the test. */
function textOf({ findings }: Report): string {
  return findings.filter(({ check }) => check !== "disk" && check !== "clock")
    .map(({ check, state, found, repair = "" }) => `${check} ${state}: ${found} -> ${repair}\n`).join("");
}

Deno.test("doctor finds no problem at a site, before its start and beside the running service", async () => {
  const address = freeAddress();
  const topKeys = `metrics: { listen: "${address}" }\n`;
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })], initialTimeoutMs: 10_000, topKeys });
  const before = textOf((await doctor(site)).report);
  assert.match(before, /^service ok: No service uses the state folder/);
  assert.match(before, /broker ok: Connected to 127\..*, nats-server 2\..*, without TLS/);
  assert.match(before, /streams ok: The stream of the kind ocmf is missing; the service creates it/);
  assert.match(before, /journal ok: .*has no journal yet/);
  assert.match(before, /metrics ok: 127\..* is free/);
  const manager = await site.client.jetstreamManager();
  assert.deepEqual(await manager.streams.list().next(), []);
  // On a busy machine, the service may create it after the first reading, and report that
  await manager.streams.add(streamConfig("wattseal", "readings", { enabled: true, replicas: 1, maxAgeDays: 0 }));

  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.line("ready");
  await everyMeterRead(site.client, [1]);
  const { report } = await doctor(site);
  const text = textOf(report);
  assert.doesNotMatch(text, / problem: /);
  assert.match(text, /^service ok: The service runs \(process \d+\), without problems/);
  assert.match(text, /streams ok: WATTSEAL_OCMF stores the messages of the kind ocmf, with 0 messages/);
  assert.match(text, /rights ok: /);
  assert.match(text, /journal ok: The journal in .*intact.*\njournal ok: All records are delivered/);
  assert.match(text, /metrics ok: The service provides http:\/\/127\..*\/metrics/);
  // It took neither the line nor the lock
  await everyMeterRead(site.client, [1]);
  service.signal("SIGTERM");
  const { code, err } = await service.ended();
  assert.equal(code, 0);
  // A busy machine can skip a cycle; the timeout of 10 s, which a busy machine needs, gives a warning, too
  assert.doesNotMatch(err, /"level":"(warn|error)","message":"(?!Skipped|[^"]*the attempts to read meter)/);
});

Deno.test("doctor reports an old stream of records with the command that protects it", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  const manager = await site.client.jetstreamManager();
  await manager.streams.add({
    name: "WATTSEAL_OCMF",
    subjects: ["wattseal.*.*.ocmf"],
    duplicate_window: 3_600_000_000_000,
  });
  assert.match(
    textOf((await doctor(site)).report),
    /streams warning: Requests may delete records from WATTSEAL_OCMF: .* -> run nats stream edit WATTSEAL_OCMF --deny-delete --deny-purge -f/,
  );
  const { config } = await manager.streams.info("WATTSEAL_OCMF");
  await manager.streams.update("WATTSEAL_OCMF", { ...config, deny_delete: true, deny_purge: true });
  assert.doesNotMatch(textOf((await doctor(site)).report), /streams warning/);
});

Deno.test("doctor reports missing permissions with the lines to add, and a refused user", async () => {
  const all = neededRights("node", {
    prefix: "wattseal",
    site: "test",
    inboxPrefix: "_INBOX_test",
    creates: streamKinds,
  });
  const subscribe = all.subscribe.filter((subject) => !subject.includes("transaction"));
  const { allowResponses: _, ...rest } = all;
  const publish = all.publish.filter((subject) => !subject.includes("INTERVALS"));
  await using guarded = await startGuardedServer({
    test: all,
    limited: { ...rest, subscribe },
    earlier: { ...all, publish },
  });
  const nats = (user: string) => ({
    server: guarded.server,
    keys: `user: ${user}, password: p, inbox_prefix: _INBOX_test`,
    client: admin,
  });
  for (
    const [user, expected, meterKeys] of [
      ["test", /rights ok: /],
      // The permissions that an earlier release needed
      ["earlier", /rights ok: /],
      ["earlier", /rights problem: .*publish: .*STREAM\.INFO\.WATTSEAL_INTERVALS/, "interval_minutes: 15"],
      [
        "limited",
        /rights problem: .*subscribe: .*wattseal\.test\.\*\.transaction\.\*[^]*rights problem: .*allow_responses/,
      ],
      [
        "none",
        /broker problem: Cannot connect to .*refuses this user.* -> compare the credentials[^]*rights unknown: Not checked/,
      ],
    ] as const
  ) {
    await using site = await openSite({
      meters: [new SimulatedMeter({ unit: 1 })],
      nats: nats(user),
      ...(meterKeys !== undefined && { meterKeys }),
    });
    const { code, report } = await doctor(site);
    assert.match(textOf(report), expected);
    if (expected.source !== "rights ok: ") assert.deepEqual([code, report.ok], [1, false]);
  }
});

Deno.test("doctor reports a missing device, a missing JetStream and a missing server", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  await site.line.unplug();
  await site.server.stop();
  const { code, out } = await runCommand(["doctor", site.config]);
  assert.equal(code, 1);
  assert.match(out, /^problem {3}device {9}line rs485-1: .*\n {25}-> plug the adapter in/m);
  assert.match(out, /^problem {3}broker {9}Cannot connect to .*\n {25}-> start the server/m);
});

Deno.test("doctor with a faulty configuration or an unknown user ends with 2", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  const unknown = await runCommand(["doctor", site.config, "--user", "no-such-user"]);
  assert.deepEqual([unknown.code, unknown.err], [2, "There is no user no-such-user on this machine\n"]);
  assert.equal((await runCommand(["doctor", join(site.folder, "none.yaml")])).code, 2);
});
