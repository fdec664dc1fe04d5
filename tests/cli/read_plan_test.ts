import assert from "node:assert/strict";
import { join } from "node:path";
import { readPlan } from "../../src/cli/read_plan.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command on a line with an EM580, an EM340 and a silent unit. */
async function plan(args: { meter?: string; json: boolean }, plugged = true): Promise<Said> {
  const folder = await Deno.makeTempDir();
  const meters = [new SimulatedMeter({ unit: 1, keyBits: 256 }), new SimulatedMeter({ unit: 2, model: "em300" })];
  const wire = SimulatedLine.open(meters, { baudrate: 9600, turnaroundMs: 10, linkPath: join(folder, "tty") });
  if (!plugged) await wire.unplug();
  const config = join(folder, "site.yaml");
  const slow = "energy_interval_ms: 5000, temperature_interval_ms: 60000, publish_signed_values: on_demand";
  await Deno.writeTextFile(
    config,
    `site: test
lines:
  - name: rs485-1
    serial_port: ./tty
    baudrate: 9600
    initial_timeout_ms: 500
    meters:
      - { name: evse-1, powermeter_device_id: 1, ${slow} }
      - { name: evse-2, powermeter_device_id: 2 }
      - { name: evse-3, powermeter_device_id: 3, communication_retry_count: 1 }
`,
  );
  const said = { out: "", err: "" };
  const code = await readPlan({ config, ...args }, {
    out: (text) => said.out += text,
    err: (text) => said.err += text,
    env: () => undefined,
    interrupted: new AbortController().signal,
  });
  await wire[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
  return { code, ...said };
}

Deno.test("read --plan shows each exchange with its time on the line and how many such meters fit", async () => {
  // The plan depends on how fast meters answer, and a busy machine can slow them down
  let { code, out } = await plan({ json: true });
  for (let again = 0; again < 10 && JSON.parse(out.split("\n")[0] ?? "").turnaround_ms >= 30; again++) {
    ({ code, out } = await plan({ json: true }));
  }
  assert.equal(code, 0);
  const [em580, em340, silent] = out.trim().split("\n").map((line) => JSON.parse(line));
  const { exchanges, turnaround_ms: turnaroundMs, line_share: share, ...rest } = em580;
  assert.ok(turnaroundMs > 8, String(turnaroundMs));
  const wireMs = (words: number) => (13 + 2 * words) * 10_000 / 9600 + turnaroundMs + 35_000 / 9600;
  // On a busy machine the measured turnaround is longer, and the plan is different
  const isSplit = 2 * wireMs(4) < wireMs(32);
  for (const { words, wire_ms } of exchanges) assert.ok(Math.abs(wire_ms - wireMs(words)) < 0.02);
  assert.deepEqual(
    exchanges.map((exchange: Record<string, unknown>) => [
      exchange.values,
      exchange.address,
      exchange.words,
      exchange.every_ms,
    ]),
    [
      ["live values", "0000h", 52, 1000],
      // A second request takes less time than the 24 words between the energies
      ...(isSplit
        ? [["energies", "0500h", 4, 5000], ["energies", "051Ch", 4, 5000]]
        : [["energies", "0500h", 32, 5000]]),
      ["temperature", "0307h", 1, 60_000],
      ["device state", "5012h", 1, 10_000],
    ],
  );
  assert.equal(rest.meters_that_fit, Math.floor(1 / share));
  assert.deepEqual([rest.model, rest.key_bits, rest.measured, rest.baudrate], ["EM580", 256, true, 9600]);
  assert.deepEqual(em340.exchanges.map((exchange: { words: number }) => exchange.words), [50, 2, 12]);
  assert.deepEqual(em340.cycle.words, 64);
  assert.deepEqual([silent.measured, silent.turnaround_ms, silent.key_bits], [false, 5, 384]);
});

Deno.test("read --plan assumes the values that it cannot read, and reports why", async () => {
  const { code, out, err } = await plan({ json: false, meter: "evse-1" }, false);
  assert.equal(code, 0);
  assert.match(err, /Cannot open line rs485-1/);
  assert.match(out, /^evse-1 {2}EM580 with a 384-bit key, line rs485-1 at 9600 baud, turnaround 5 ms \(assumed\)\n/);
  assert.match(out, / live values +0000h +52 words +every 1 s +130\.5 ms\n/);
  assert.match(out, /whole reading: 4 exchanges, 61 words, /);
  assert.match(out, /which can serve 6 such meters\n$/);
});
