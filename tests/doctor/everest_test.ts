import assert from "node:assert/strict";
import { join } from "node:path";
import { checkEverest } from "../../src/doctor/everest.ts";
import type { Examined } from "../../src/doctor/examined.ts";
import type { Finding } from "../../src/doctor/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { openSite } from "../support/site.ts";
import { FakeMachine, texts, wattseal } from "./fake_machine.ts";

const valid = "site: berlin-01\nmeters:\n  - { meter: evse-1, module_id: meter_1 }\n";
const mqtt = 'mqtt: { user: station, password: "${MQTT_PASSWORD}" }\n';

/** The findings about a file of `everest`, with the folder of the machine left out. */
function found(machine: FakeMachine, text: string, changes: Partial<Examined> = {}): string[] {
  const path = machine.write("etc/wattseal/everest.yaml", text, 0o644);
  const everest = { path, envFile: join(machine.root, "etc/wattseal/everest.env") };
  return texts(checkEverest(machine.examined({ everest, ...changes }))).map((line) =>
    line.replaceAll(machine.root, "")
  );
}

Deno.test("a machine without EVerest, and one with a valid configuration, have no problem", () => {
  using machine = new FakeMachine();
  assert.deepEqual(texts(checkEverest(machine.examined())), ["ok: No configuration of everest is installed"]);
  assert.deepEqual(found(machine, valid), [
    "ok: /etc/wattseal/everest.yaml is valid; its meters: evse-1",
    "ok: User wattseal may read /etc/wattseal/everest.yaml",
  ]);
});

Deno.test("each mistake in the configuration of everest is a problem, in the words of check-config", async () => {
  using machine = new FakeMachine();
  const text = valid.replace("meter_1", "meter/1").replace("site:", "sites:");
  const problems = found(machine, text).filter((line) => line.startsWith("problem: "));
  const checked = await runCommand(["check-config", "--everest", join(machine.root, "etc/wattseal/everest.yaml")]);
  const repair = "correct the file, then wattseal check-config --everest /etc/wattseal/everest.yaml";
  const words = checked.err.trimEnd().split("\n").map((line) =>
    `problem: ${line} -> ${repair}`.replaceAll(machine.root, "")
  );
  assert.ok(words.length > 1, checked.err);
  assert.deepEqual(problems, words);
  const everest = { path: join(machine.root, "none.yaml") };
  const [missing = "", ...rest] = texts(checkEverest(machine.examined({ everest })));
  assert.match(missing, /^problem: .*none\.yaml does not exist -> .*--everest FILE$/);
  assert.deepEqual(rest, []);
});

Deno.test("a meter of everest that the service does not have is a problem, and another site is a warning", () => {
  using machine = new FakeMachine();
  const [first, second] = found(machine, `${valid}  - { meter: evse-9, module_id: meter_9 }\n`);
  assert.match(first ?? "", /^ok: .* is valid; its meters: evse-1, evse-9$/);
  assert.equal(
    second,
    "problem: /etc/wattseal/everest.yaml names evse-9, which is not in /etc/wattseal/site.yaml -> " +
      "correct the names; the meters of the service are evse-1",
  );
  for (
    const [text, wanted] of [
      [valid.replace("berlin-01", "bonn-01"), "wattseal.bonn-01"],
      [`${valid}nats: { subject_prefix: acme }\n`, "acme.berlin-01"],
    ] as const
  ) {
    assert.equal(
      found(machine, text)[1],
      `warning: /etc/wattseal/everest.yaml is for ${wanted}, and the service of this machine serves ` +
        `wattseal.berlin-01 -> unless a service on another machine serves ${wanted}, correct site and subject_prefix ` +
        "in /etc/wattseal/everest.yaml",
    );
  }
});

Deno.test("variables in the configuration of everest have the values of the environment and of everest.env", () => {
  using machine = new FakeMachine();
  assert.match(found(machine, valid + mqtt)[0] ?? "", /^problem: .*no environment variable MQTT_PASSWORD/);
  const env = (name: string) => name === "MQTT_PASSWORD" ? "secret" : undefined;
  assert.match(found(machine, valid + mqtt, { env })[0] ?? "", /^ok: /);
  machine.write("etc/wattseal/everest.env", "# for the broker\nMQTT_PASSWORD=secret\n", 0o600);
  assert.match(found(machine, valid + mqtt)[0] ?? "", /^ok: /);
});

Deno.test("the user of the service must be able to read the files of everest, and others must not read keys", () => {
  using machine = new FakeMachine();
  machine.write("etc/wattseal/ca.pem", "", 0o644);
  machine.write("etc/wattseal/key.pem", "", 0o644);
  machine.write("etc/wattseal/nats.creds", "", 0o600);
  const text = `${valid}nats: { credentials_file: nats.creds, tls: { ca_file: ca.pem } }
mqtt: { tls: { ca_file: ca.pem, cert_file: ca.pem, key_file: key.pem } }\n`;
  const account = { ...wattseal, uid: 12_345, gids: [] };
  const lines = found(machine, text, { account });
  assert.match(
    lines.join("\n"),
    /^problem: User wattseal may not read \/etc\/wattseal\/nats\.creds \(.* 600\) -> chown/m,
  );
  assert.match(
    lines.join("\n"),
    /^problem: Every user of this machine may read \/etc\/wattseal\/key\.pem, .* -> chmod o=/m,
  );
  assert.equal(lines.filter((line) => line.includes("ca.pem")).length, 1, lines.join("\n"));
});

Deno.test("doctor --everest FILE checks this file, and ends with 1 for a mistake in it", async () => {
  using machine = new FakeMachine();
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  const everest = machine.write("everest.yaml", "site: berlin-01\n");
  const { code, out, err } = await runCommand(["doctor", site.config, "--everest", everest, "--json"]);
  assert.equal(err, "");
  const { findings }: { findings: Finding[] } = JSON.parse(out);
  const [first] = findings.filter(({ check }) => check === "everest");
  assert.deepEqual([code, first?.state], [1, "problem"]);
  assert.match(first?.found ?? "", /meters: found nothing/);
});
