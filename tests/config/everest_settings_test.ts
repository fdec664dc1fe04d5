import assert from "node:assert/strict";
import { everestSettingsSchema } from "../../src/config/everest_settings_schema.ts";
import { ConfigError, type EverestSettings, loadEverestSettings } from "../../src/config/mod.ts";
import { documentedTables, tablesOf } from "./document_tables.ts";

const document = await Deno.readTextFile(new URL("../../docs/everest.md", import.meta.url));
const smallest = "site: berlin-01\nmeters:\n  - { meter: evse-1, module_id: meter_1 }\n";

function load(text: string, variables: Readonly<Record<string, string>> = {}): EverestSettings {
  return loadEverestSettings(text, { path: "/etc/wattseal/everest.yaml", env: (name) => variables[name] });
}

/** The messages about a file, without its path. */
function problemsOf(text: string): string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ message }) => message.replace("/etc/wattseal/everest.yaml:", ""));
  }
}

Deno.test("the smallest file of everest has a default for everything else", () => {
  const { site, mqtt, nats, meters, log } = load(smallest);
  assert.equal(site, "berlin-01");
  assert.deepEqual(mqtt, {
    host: "127.0.0.1",
    port: 1883,
    clientId: "wattseal-everest-berlin-01",
    statusTopic: "wattseal/everest/berlin-01",
  });
  assert.deepEqual([nats.servers, nats.subjectPrefix], [["127.0.0.1:4222"], "wattseal"]);
  assert.deepEqual(meters, [{ meter: "evse-1", moduleId: "meter_1", topicPrefix: "", maxEnergyAgeMs: 10_000 }]);
  assert.deepEqual(log, { level: "info", format: "text" });
});

Deno.test("the file of everest has user, TLS and topics, with variables and relative paths", () => {
  const { mqtt } = load(
    `${smallest}mqtt:
  server: mqtts://[fd00::1]
  client_id: station-17
  user: wattseal
  password: \${MQTT_PASSWORD}
  tls: { ca_file: ca.pem, cert_file: /etc/ssl/own.pem, key_file: own.key }
  status_topic: stations/17/wattseal
`,
    { MQTT_PASSWORD: "0123" },
  );
  assert.deepEqual(mqtt, {
    host: "fd00::1",
    port: 8883,
    clientId: "station-17",
    user: "wattseal",
    password: "0123",
    tls: { caFile: "/etc/wattseal/ca.pem", certFile: "/etc/ssl/own.pem", keyFile: "/etc/wattseal/own.key" },
    statusTopic: "stations/17/wattseal",
  });
  assert.deepEqual(load(`${smallest}mqtt: { server: "mqtts://broker:1234" }\n`).mqtt.tls, {});
  assert.equal(load(`${smallest}mqtt: { server: broker, tls: {} }\n`).mqtt.port, 8883);
});

Deno.test("mistakes in the file of everest are reported at once, each with its place", () => {
  const text = `site: berlin-01
mqtt:
  server: http://broker
  user: wattseal
  tls: { key_file: own.key }
  status_topic: a/#
meters:
  - { meter: evse 1, module_id: a/b, topic_prefix: "+/" }
  - { meter: evse-1, modul_id: meter_1, max_energy_age_ms: -1 }
`;
  const found = problemsOf(text);
  assert.deepEqual(found.map((message) => message.split(": ").slice(0, 2).join(": ")), [
    "3:11: mqtt.server",
    "4:3: mqtt.user",
    "5:10: mqtt.tls.key_file",
    "6:17: mqtt.status_topic",
    "8:14: meters[0].meter",
    "8:33: meters[0].module_id",
    "8:52: meters[0].topic_prefix",
    "9:5: meters[1].module_id",
    "9:22: meters[1].modul_id",
    "9:60: meters[1].max_energy_age_ms",
  ]);
  assert.match(found[0] ?? "", /found "http:\/\/broker", allowed HOST, HOST:PORT, mqtt:\/\/HOST:PORT or mqtts:/);
  assert.match(found[8] ?? "", /did you mean module_id\?/);
});

Deno.test("each meter and each module is allowed once, and a module once for each prefix", () => {
  const meters = (...entries: string[]) =>
    problemsOf(`site: a\nmeters:\n${entries.map((one) => `  - ${one}\n`).join("")}`);
  assert.match(
    meters("{ meter: a, module_id: m1 }", "{ meter: a, module_id: m2 }")[0] ?? "",
    /^4:14: meters\[1\]\.meter: found "a", as at meters\[0\]\.meter, allowed each meter once$/,
  );
  assert.match(
    meters("{ meter: a, module_id: m1 }", "{ meter: b, module_id: m1 }")[0] ?? "",
    /meters\[1\]\.module_id: found "m1", as at meters\[0\]\.module_id, allowed each module once for each topic_prefix$/,
  );
  assert.deepEqual(meters("{ meter: a, module_id: m1 }", "{ meter: b, module_id: m1, topic_prefix: two/ }"), []);
});

Deno.test("a password in the file of everest never appears in a message", () => {
  const messages = problemsOf(`${smallest}mqtt: { user: a, password: [secret] }\n`).join();
  assert.match(messages, /mqtt\.password/);
  assert.doesNotMatch(messages, /secret/);
});

Deno.test("docs/everest.md lists each key of mqtt and meters with its allowed values, default and meaning", () => {
  const documented = documentedTables(document);
  const expected = [...tablesOf(everestSettingsSchema)].filter(([path]) => /^(mqtt$|meters)/.test(path));
  assert.deepEqual([...documented], expected);
});

Deno.test("the example in docs/everest.md is valid", () => {
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(document) ?? [];
  assert.equal(load(example.replace(/^ {3}/gm, "")).meters.length, 2);
});
