import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/mod.ts";

const folder = new URL("../../config/", import.meta.url);
const names = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".yaml")).map(({ name }) => name).sort();

function exampleOf(name: string) {
  const text = Deno.readTextFileSync(new URL(name, folder));
  return loadConfig(text, { path: new URL(name, folder).pathname, env: () => "from-the-environment" });
}

Deno.test("every example in config/ is valid and causes no warning", () => {
  assert.deepEqual(names, [
    "edge.yaml",
    "em300.yaml",
    "gateway.yaml",
    "one-meter.yaml",
    "several-lines.yaml",
    "thirteen-meters.yaml",
  ]);
  for (const name of names) assert.deepEqual(exampleOf(name).warnings, [], name);
});

Deno.test("the examples match their names", () => {
  const meters = (name: string) => exampleOf(name).lines.map((line) => line.meters.length);
  assert.deepEqual(meters("one-meter.yaml"), [1]);
  assert.deepEqual(meters("thirteen-meters.yaml"), [13]);
  assert.deepEqual(meters("several-lines.yaml"), [2, 2]);
  assert.deepEqual(exampleOf("gateway.yaml").lines.map((line) => line.endpoint.kind), ["unix", "tcp", "modbus-tcp"]);
});

Deno.test("every example receives replies on subjects that no other site can read", () => {
  for (const name of names) {
    const { site, nats } = exampleOf(name);
    assert.equal(nats.inboxPrefix, `_INBOX_${site}`, name);
  }
});

Deno.test("an example that needs environment variables lists them at its top", () => {
  for (const name of names) {
    const text = Deno.readTextFileSync(new URL(name, folder));
    const top = /^(?:#.*\n)*/.exec(text)?.[0] ?? "";
    const needed = [...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, variable]) => variable ?? "");
    assert.deepEqual(needed.filter((variable) => !top.includes(variable)), [], name);
  }
});
