import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/mod.ts";
import { everest, run } from "./everest_file.ts";

Deno.test("import-everest reports unknown settings and meters without a line", async () => {
  const { code, err } = await run(
    everest.replace("public_key_format: der", "flux_capacity: 88").replace("module_id: comm_hub, i", "module_id: x, i"),
  );
  assert.equal(code, 0);
  assert.match(err, /meter_1: flux_capacity: 88 is omitted: Wattseal has no such setting/);
  assert.match(err, /meter_2: omitted: its connection modbus does not lead to a SerialCommHub/);
});

Deno.test("import-everest only warns of a duplicate key in a part that it does not use", async () => {
  const twice = (text: string) =>
    `${text}
  yeti:
    module: YetiDriver
    connections: { a: [{ module_id: x }] }
    connections: { b: [{ module_id: y }] }
  yeti.2: { module: YetiDriver, config_module: { x: 1, x: 2 } }
api: { x: 1, x: 2 }
`;
  const { code, out, err } = await run(twice(everest));
  assert.equal(code, 0);
  assert.equal(loadConfig(out, { path: "site.yaml", env: () => undefined }).lines.length, 1);
  const warned = [...err.matchAll(/^warning: standard input:\d+:\d+: (.*): duplicate key; /gm)];
  assert.deepEqual(warned.map(([, key]) => key), [
    "active_modules.yeti.connections",
    'active_modules["yeti.2"].config_module.x',
    "api.x",
  ]);
  for (
    const [ours, key] of [
      [everest.replace("baudrate: 115200", "baudrate: 115200\n        baudrate: 9600"), /comm_hub.*\.baudrate/],
      [`${everest}  meter_2: { module: YetiDriver }\n`, /active_modules\.meter_2/],
    ] as const
  ) {
    const refused = await run(ours);
    assert.deepEqual([refused.code, refused.out], [2, ""]);
    assert.match(
      refused.err,
      new RegExp(`^standard input:\\d+:\\d+: .*${key.source}: found the key a second time`, "m"),
    );
  }
});

Deno.test("import-everest exits with 1 for an invalid value, and names it", async () => {
  const { code, out, err } = await run(everest.replace("powermeter_device_id: 3", "powermeter_device_id: 0"));
  assert.equal(code, 1);
  assert.match(out, /powermeter_device_id: 0/);
  const mistake = "lines\\[0\\]\\.meters\\[0\\]\\.powermeter_device_id: found 0, allowed .*broadcast.*";
  assert.match(err, new RegExp(`^result of the import:\\d+:\\d+: ${mistake} \\(of module meter_1\\)$`, "m"));
  assert.match(err, /^The service refuses this result until these problems are fixed/m);
});

Deno.test("import-everest exits with 2 if the file has no meters", async () => {
  for (
    const [text, why] of [
      ["active_modules: [", /not YAML/],
      ["hello", /^standard input:1:1: found the text "hello", allowed .* as in an EVerest configuration\n$/],
      ["active_modules: { a: { module: SerialCommHub } }", /no CarloGavazzi_EM580 that is connected/],
      ["active_modules: { a: 1 }", /^standard input:1:22: active_modules\.a: found 1, allowed a mapping with module/],
    ] as const
  ) {
    const { code, out, err } = await run(text);
    assert.deepEqual([code, out], [2, ""], text);
    assert.match(err, why);
  }
});

Deno.test("import-everest reports all mistakes of an unusable file, each with line and column", async () => {
  const { code, out, err } = await run(`active_modules:
  a: 1
  hub:
    module: 5
    config_implementation: [x]
  hub: { module: x }
  m:
    modul: CarloGavazzi_EM580
    connections: { modbus: [hub, { x: 1 }] }
`);
  assert.deepEqual([code, out], [2, ""]);
  const told = err.trimEnd().split("\n").map((line) => line.replace(/^standard input:/, "").split(", allowed ")[0]);
  assert.deepEqual(told, [
    "2:6: active_modules.a: found 1",
    "4:13: active_modules.hub.module: found 5 (a text needs quotes)",
    "5:28: active_modules.hub.config_implementation: found a list",
    "6:3: active_modules.hub: found the key a second time",
    "8:5: active_modules.m.module: found nothing",
    '9:29: active_modules.m.connections.modbus[0]: found the text "hub"',
    "9:34: active_modules.m.connections.modbus[1].module_id: found nothing",
  ]);
});

Deno.test("import-everest reports why it cannot read a file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/file`, "");
    for (
      const [file, why] of [
        [`${folder}/none.yaml`, "there is no such file; check its path"],
        [folder, "it is a directory; name a file in it"],
        [`${folder}/file/in-it.yaml`, "a part of its path is a file, not a directory; check its path"],
        [`${folder}/${"x".repeat(300)}`, "File name too long"],
      ] as const
    ) {
      assert.deepEqual(await run("", file), { code: 2, out: "", err: `Cannot read ${file}: ${why}\n` });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
