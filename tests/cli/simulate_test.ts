import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { Line } from "../../src/line/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { simulate, type SimulateArguments } from "../../src/cli/simulate.ts";
import { meterModels, readOnce } from "../../src/meter/mod.ts";
import { RawClient } from "../simulator/raw_client.ts";

const defaults: SimulateArguments = {
  meters: 3,
  kinds: ["em580-384", "em340"],
  baudrate: 115200,
  turnaroundMs: 5,
  json: true,
};

/** Runs the command and returns its first output, its exit code and its standard error. */
async function run(args: SimulateArguments, meanwhile: (printed: string) => Promise<void>) {
  const stop = new AbortController();
  const first = Promise.withResolvers<string>();
  let errors = "";
  const ended = simulate(args, { out: first.resolve, err: (text) => errors += text, interrupted: stop.signal });
  const printed = await Promise.race([first.promise, ended.then(() => "")]);
  try {
    if (printed !== "") await meanwhile(printed);
  } finally {
    stop.abort();
  }
  return { code: await ended, errors };
}

Deno.test(
  "simulate --json prints one object when its meters are ready, cycles through the kinds, and ends when " +
    "interrupted",
  async () => {
    const { code } = await run(defaults, async (printed) => {
      const { path, meters } = JSON.parse(printed);
      assert.deepEqual(meters, [
        { name: "evse-1", unit: 1, model: "EM580" },
        { name: "evse-2", unit: 2, model: "EM340" },
        { name: "evse-3", unit: 3, model: "EM580" },
      ]);
      using client = new RawClient(path);
      await client.expect("01 04 24 FF 00 01 0B 0A", "01 04 02 00 01 78 F0");
      await client.expect("02 04 00 0B 00 01 40 3B", "02 04 02 01 55 3C 9F");
    });
    assert.equal(code, 130);
  },
);

Deno.test("simulate creates the link to its device and prints a configuration", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const link = join(folder, "meters");
    await run({ ...defaults, meters: 1, json: false, link }, async (printed) => {
      assert.ok(printed.includes(`serial_port: ${link}\n`));
      assert.match(printed, /^clock: \{ require_sync: false \}/m);
      using client = new RawClient(link);
      await client.expect("01 04 24 FF 00 01 0B 0A", "01 04 02 00 01 78 F0");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("simulate prints the whole path of a relative link, for a configuration in any folder", async () => {
  const folder = await Deno.makeTempDir();
  const link = relative(Deno.cwd(), join(folder, "meters"));
  await run({ ...defaults, meters: 1, json: false, link }, (printed) => {
    assert.ok(printed.includes(`serial_port: ${join(folder, "meters")}\n`), printed);
    return Promise.resolve();
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("simulate --serial-numbers gives the first meters other serial numbers and keys, for the exchange of a meter", async () => {
  const identity = async (serialNumbers: readonly string[]) => {
    let read = { serialNumber: "", key: "" };
    const args = { ...defaults, meters: 1, kinds: ["em580-256"], serialNumbers };
    const { code } = await run(args, async (printed) => {
      using client = new RawClient(JSON.parse(printed).path);
      const serialNumber = new TextDecoder().decode((await client.read(0x5000, 7)).slice(0, 13));
      read = { serialNumber, key: (await client.read(0x2500, 33)).toHex() };
    });
    assert.equal(code, 130);
    return read;
  };
  const [usual, other] = [await identity([]), await identity(["KZ7654321001D"])];
  assert.deepEqual([usual.serialNumber, other.serialNumber], ["KZ1234567001D", "KZ7654321001D"]);
  assert.notEqual(usual.key, other.key);
  assert.deepEqual(await identity(["KZ7654321001D"]), other);
  const long = await run({ ...defaults, serialNumbers: ["KZ7654321001D-2"] }, () => Promise.resolve());
  assert.equal(long.code, 2);
  assert.match(long.errors, /"KZ7654321001D-2": an EM580 has at most 13 characters/);
});

Deno.test("simulate exits with 2 for an unknown kind, and with 3 if it cannot create the link", async () => {
  const wrong = await run({ ...defaults, kinds: ["em25"] }, () => Promise.resolve());
  assert.equal(wrong.code, 2);
  assert.match(wrong.errors, /em25.*em580-256, em580-384, em340, .*em24/);
  const unlinked = await run({ ...defaults, link: "/nowhere/meters" }, () => Promise.resolve());
  assert.equal(unlinked.code, 3);
});

Deno.test("simulate --model simulates one meter of each series, and read reads them", async () => {
  const kinds = meterModels.map(({ name }) => name);
  const { code } = await run({ ...defaults, meters: kinds.length, kinds, turnaroundMs: 0 }, async (printed) => {
    const { path, meters } = JSON.parse(printed);
    assert.deepEqual(meters.map(({ model }: { model: string }) => model), meterModels.map(({ title }) => title));
    const line = new Line({
      name: "rs485-1",
      endpoint: { kind: "serial", path },
      baudrate: 115200,
      parity: "none",
      stopBits: 1,
      rtscts: false,
      ignoreEcho: false,
      initialTimeoutMs: 30_000,
      withinMessageTimeoutMs: 1000,
      retries: 2,
    }, { time: systemTime });
    await line.start();
    try {
      for (const [index, name] of kinds.entries()) {
        const options = {
          unit: index + 1,
          communicationRetryCount: 3,
          communicationRetryDelayMs: 10,
          publishSignedValues: "never",
          invert: false,
        } as const;
        const { identity, reading } = await readOnce(options, line, { time: systemTime, log: silentLog });
        assert.equal(identity.family, name);
        assert.ok((reading.voltageV?.L1 ?? 0) > 200 && (reading.powerW?.total ?? 0) > 0, name);
        assert.ok(Math.abs((reading.energyImportWh ?? 0) - 1_234_567) < 10_000, name);
      }
    } finally {
      await line.close();
    }
  });
  assert.equal(code, 130);
});
