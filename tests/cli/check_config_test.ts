import assert from "node:assert/strict";
import { checkConfig } from "../../src/cli/check_config.ts";
import { configText } from "../support/config_text.ts";
import { runCommand } from "../support/run_command.ts";

async function run(text: string | undefined, json: boolean) {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  let out = "";
  let err = "";
  const io = { out: (part: string) => void (out += part), err: (part: string) => void (err += part) };
  try {
    if (text === undefined) await Deno.remove(file);
    else await Deno.writeTextFile(file, text);
    const code = await checkConfig({ file, json }, { ...io, env: (name) => name === "SITE" ? "s" : undefined });
    return { code, out, err, file };
  } finally {
    if (text !== undefined) await Deno.remove(file);
  }
}

Deno.test("checkConfig prints the effective settings as YAML", async () => {
  const { code, out, err } = await run(configText().replace("berlin-01", "${SITE}"), false);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^site: s\n[^]*\n {4}baudrate: 9600\n[^]*\n$/);
});

Deno.test("checkConfig prints the space that readings need, as comments after the YAML", async () => {
  const comments = async (text: string) => (await run(text, false)).out.split("\n").filter((line) => /^#/.test(line));
  assert.deepEqual(await comments(configText()), [
    "# Readings: 1 per second from 1 meter, about 1472 bytes each in their stream: 0.9 GB in 7 days",
    "# A new stream of readings has no size limit: set streams.readings.max_bytes to reserve space for records",
    "# The spool of 256 MB (spool.max_mb) lasts 34.4 hours, not the 72 hours of spool.max_age_hours",
  ]);
  const slow = { meter: "live_measurement_interval_ms: 10000", top: "streams: { scope: site }" };
  assert.deepEqual(await comments(configText(slow)), [
    "# Readings: 0.1 per second from 1 meter, about 1472 bytes each in their stream: 0.09 GB in 7 days",
    "# A new stream of readings may use 0.1 GB, or less if the account or the server has less storage",
    "# The spool of 256 MB (spool.max_mb) lasts 3 days",
  ]);
  const limited = { top: "streams: { readings: { max_bytes: 500000000 } }\nspool: { mode: memory }" };
  assert.match(
    (await comments(configText(limited)))[1] ?? "",
    /may use 0.5 GB \(streams.readings.max_bytes\): 3.9 days$/,
  );
});

Deno.test("checkConfig --json prints one JSON object on one line", async () => {
  const { code, out } = await run(configText(), true);
  assert.equal(code, 0);
  assert.equal(out.indexOf("\n"), out.length - 1);
  assert.equal(JSON.parse(out).lines[0].meters[0].powermeter_device_id, 1);
});

Deno.test("checkConfig prints a line for each mistake and exits with 2", async () => {
  const { code, out, err, file } = await run(configText({ line: "retries: 11\nrtscts: 2" }), false);
  assert.deepEqual([code, out], [2, ""]);
  assert.equal(
    err,
    `${file}:7:14: lines[0].retries: found 11, allowed a whole number from 0 to 10\n` +
      `${file}:8:13: lines[0].rtscts: found 2, allowed true or false\n`,
  );
});

Deno.test("checkConfig --json prints an object for each mistake", async () => {
  const { code, out, err, file } = await run(configText({ line: "retries: 11" }), true);
  assert.deepEqual([code, err], [2, ""]);
  const { message: _, ...problem } = JSON.parse(out);
  const allowed = "a whole number from 0 to 10";
  assert.deepEqual(problem, { file, line: 7, column: 14, key: "lines[0].retries", found: "11", allowed });
});

Deno.test("checkConfig prints warnings on standard error and exits with 0", async () => {
  const { code, err } = await run(configText({ meter: "powermeter_device_id: 250" }), false);
  assert.equal(code, 0);
  assert.match(err, /^warning: .*:7:31: .* 250 is above 247.*\n$/);
});

Deno.test("checkConfig exits with 2 if the file cannot be read", async () => {
  const { code, out, err, file } = await run(undefined, false);
  assert.deepEqual([code, out], [2, ""]);
  assert.match(err, new RegExp(`^Cannot read the configuration ${file}: there is no such file; check its path`));
});

Deno.test("check-config --everest prints the effective settings of everest, or each mistake with its key", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-check-" });
  const check = async (text: string, ...options: string[]) => {
    const file = `${folder}/everest.yaml`;
    await Deno.writeTextFile(file, text);
    const { code, out, err } = await runCommand(["check-config", "--everest", file, ...options]);
    return { code, out, err: err.replaceAll(file, "FILE") };
  };
  const valid = await check("site: berlin-01\nmeters: [{ meter: evse-1, module_id: meter_1 }]\n");
  assert.deepEqual([valid.code, valid.err], [0, ""]);
  assert.match(valid.out, /^ {2}server: mqtt:\/\/127\.0\.0\.1:1883$[^]*^ {4}max_energy_age_ms: 10000$/m);

  const wrong = "site: berlin-01\nmqtt: { user: me }\nmeters: [{ meter: evse-1, modul_id: m }]\n";
  const { code, out, err } = await check(wrong);
  assert.deepEqual([code, out], [2, ""]);
  for (const place of ["FILE:2:9: mqtt.user: ", "meters[0].module_id: ", "meters[0].modul_id: "]) {
    assert.ok(err.includes(place), err);
  }
  const [first] = (await check(wrong, "--json")).out.split("\n").map((line) => line && JSON.parse(line).key);
  assert.equal(first, "mqtt.user");

  const service = await check(configText());
  assert.match(service.err, /: check it without --everest\n$/);
  const { err: everest } = await run("site: s\nmqtt: {}\nmeters: []\n", false);
  assert.match(everest, /: check it with --everest\n$/);
  assert.doesNotMatch(err, /check it/);
  await Deno.remove(folder, { recursive: true });
});
