import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type Misbehaviour,
  SimulatedLine,
  type SimulatedLineOptions,
  SimulatedMeter,
} from "../../src/simulator/mod.ts";
import { spacedHex } from "../../src/base/hex.ts";
import { RawClient } from "./raw_client.ts";

const readCode = "01 04 00 0B 00 01 40 08";
const code = "01 04 02 02 44 B8 63";
const readCodeOfTwo = "02 04 00 0B 00 01 40 3B";
const codeOfTwo = "02 04 02 02 44 FC 63";
const begin = "01 10 70 40 00 01 02 00 42 59 66";

async function onLine(
  play: (line: SimulatedLine, client: RawClient) => Promise<void>,
  options: SimulatedLineOptions = { paced: false },
): Promise<void> {
  const meters = [1, 2].map((unit) => new SimulatedMeter({ unit, load: "still" }));
  await using line = SimulatedLine.open(meters, options);
  using client = new RawClient(line.path);
  await play(line, client);
}

Deno.test("SimulatedLine finds requests after garbage, in pieces and back to back", async () => {
  await onLine(async (_line, client) => {
    await client.expect(`FF 01 10 70 40 ${readCode}`, code);
    client.send("01 04 00");
    client.send("0B 00 01");
    await client.expect("40 08", code);
    await client.expect(`${readCode} ${readCodeOfTwo}`, `${code} ${codeOfTwo}`);
    await client.expect(`01 04 00 0B 00 01 40 09 ${readCode}`, code);
  });
});

const spoilt: readonly (readonly [Misbehaviour, string])[] = [
  [{ kind: "bad_crc" }, "01 04 02 02 44 B8 9C"],
  [{ kind: "short", bytes: 4 }, "01 04 02 02"],
  [{ kind: "wrong_unit", unit: 2 }, codeOfTwo],
  [{ kind: "noise", bytes: Uint8Array.of(0xff, 0x00) }, `FF 00 ${code}`],
  [{ kind: "exception", exception: 6 }, "01 84 06 C3 02"],
  [{ kind: "foreign", bytes: Uint8Array.of(1, 2, 3) }, "01 02 03"],
];

for (const [misbehaviour, answer] of spoilt) {
  Deno.test(`SimulatedLine changes one answer with ${misbehaviour.kind}, and the next one is correct`, async () => {
    await onLine(async (line, client) => {
      const scripted = line.misbehave(misbehaviour, { unit: 1, address: 0x000b, kind: "read" });
      await client.expect(readCodeOfTwo, codeOfTwo);
      await client.expect(readCode, answer);
      await client.expect(readCode, code);
      assert.equal(scripted.hits, 1);
      assert.deepEqual(line.requests.entries.map((entry) => entry.misbehaviour), [
        undefined,
        misbehaviour.kind,
        undefined,
      ]);
    });
  });
}

Deno.test("SimulatedLine loses a request before, and an answer after the meter executed it", async () => {
  await onLine(async (line, client) => {
    const meter = new SimulatedMeter({ unit: 1 });
    line.add(meter);
    line.misbehave({ kind: "lose_request" }, { address: 0x7040 });
    line.misbehave({ kind: "lose_answer" }, { address: 0x7040 });
    client.send(begin);
    await client.expect(readCode, code);
    assert.equal(meter.ocmfState, "NOT_READY");
    client.send(begin);
    await client.expect(readCode, code);
    assert.equal(meter.ocmfState, "RUNNING");
    assert.deepEqual(line.requests.entries.map(({ outcome }) => outcome), [
      "silent",
      "answered",
      "answered",
      "answered",
    ]);
  });
});

Deno.test("SimulatedLine delivers answers of other meters while one is late", async () => {
  await onLine(async (line, client) => {
    line.misbehave({ kind: "delay", ms: 30 }, { unit: 1 });
    await client.expect(`${readCode} ${readCodeOfTwo}`, `${codeOfTwo} ${code}`);
  });
});

Deno.test("SimulatedLine misbehaves the given number of times, or until it is cancelled", async () => {
  await onLine(async (line, client) => {
    const scripted = line.misbehave({ kind: "exception", exception: 6 }, { unit: 1, times: Infinity });
    for (let count = 0; count < 3; count++) await client.expect(readCode, "01 84 06 C3 02");
    scripted.cancel();
    await client.expect(readCode, code);
    assert.equal(scripted.hits, 3);
  });
});

Deno.test("SimulatedLine logs requests with their results, and returns the next one", async () => {
  await onLine(async (line, client) => {
    const write = line.requests.next(({ kind }) => kind === "write");
    await client.expect(readCode, code);
    await client.expect("01 10 00 00 00 01 02 00 00 A6 50", "01 90 02 CD C1");
    const { atMs: _, written, ...entry } = await write;
    assert.equal(spacedHex(written, 1), "00 00");
    assert.deepEqual(entry, { unit: 1, kind: "write", address: 0, words: 1, outcome: "refused", exception: 2 });
    assert.equal(line.requests.entries.length, 2);
    line.requests.clear();
    assert.equal(line.requests.entries.length, 0);
  });
});

Deno.test("SimulatedLine echoes requests if its adapter echoes", async () => {
  await onLine((_line, client) => client.expect(readCode, `${readCode} ${code}`), { paced: false, echo: true });
  await onLine((_line, client) => client.expect(readCode, `${readCode} ${code}`), { baudrate: 115200, echo: true });
});

Deno.test("SimulatedLine sends unsolicited bytes", async () => {
  await onLine(async (line, client) => {
    line.emit(Uint8Array.of(0x55, 0xaa));
    assert.equal(await client.receive(2), "55 AA");
  });
});

Deno.test("SimulatedLine has the timing of a real wire: request, turnaround, answer", async () => {
  await onLine(async (_line, client) => {
    const tookMs: number[] = [];
    // Some may be slower on a busy machine
    while (tookMs.length < 20 && !tookMs.some((ms) => ms < 245)) {
      const startMs = performance.now();
      await client.expect(readCode, code);
      tookMs.push(performance.now() - startMs);
    }
    // 15 characters of 10 bits at 1200 baud are 125 ms.
    assert.ok(Math.min(...tookMs) >= 145 && Math.min(...tookMs) < 245, `took ${tookMs.join(", ")} ms`);
  }, { baudrate: 1200, turnaroundMs: 20 });
});

Deno.test("SimulatedLine hangs up on unplug, and has the same link after plug", async () => {
  const folder = await Deno.makeTempDir();
  const linkPath = join(folder, "meters");
  try {
    await onLine(async (line, client) => {
      assert.equal(line.path, linkPath);
      await client.expect(readCode, code);
      await Promise.all([client.hungUp(), line.unplug()]);
      await assert.rejects(Deno.lstat(linkPath), Deno.errors.NotFound);
      line.plug();
      using again = new RawClient(line.path);
      await again.expect(readCode, code);
    }, { paced: false, linkPath });
    await assert.rejects(Deno.lstat(linkPath), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("SimulatedLine does not replace a file with its link", async () => {
  const file = await Deno.makeTempFile();
  try {
    assert.throws(() => SimulatedLine.open([], { linkPath: file }), /the file exists/);
    assert.ok((await Deno.lstat(file)).isFile);
  } finally {
    await Deno.remove(file);
  }
});
