import assert from "node:assert/strict";
import { type Bus, Line, type LineError } from "../../src/line/mod.ts";
import { readAnswer } from "../../src/modbus/mod.ts";
import { serveSerialPort } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { onFakeTimeLine } from "../support/fake_time_line.ts";
import { ScriptedLine } from "../support/scripted_line.ts";
import { ShiftedTime } from "../support/shifted_time.ts";

const live = { priority: "live" } as const;

/** Units 1 and 2 answer any read. */
function answer(request: string): string | undefined {
  const [unit = 0, , , , , words = 0] = Uint8Array.fromHex(request);
  return unit > 2 ? undefined : readAnswer(unit, 4, new Uint8Array(2 * words)).toHex();
}

/** Whether the unit answers. */
function asked(line: Bus, unit: number): Promise<string> {
  return line.read(unit, 0x0b, 1, live).then(() => "answer", (error: LineError) => error.code);
}

Deno.test("Line reopens a stuck adapter if units that answered before are silent", () => {
  let hangs = false;
  return onFakeTimeLine((request) => hangs ? undefined : answer(request), async (line) => {
    const changes = line.changes[Symbol.asyncIterator]();
    await changes.next();
    assert.deepEqual([await asked(line, 1), await asked(line, 2)], ["answer", "answer"]);
    hangs = true;
    for (const unit of [1, 1]) assert.equal(await asked(line, unit), "timeout");
    await line.time.sleep(5000);
    for (const unit of [1, 2]) assert.equal(await asked(line, unit), "timeout");
    const { value: closed } = await changes.next();
    assert.equal(closed?.error?.message, "(scripted) no longer sends anything; reopening it");
    hangs = false;
    assert.equal(await line.connected(1), 2);
    assert.equal(await asked(line, 1), "answer");
  });
});

Deno.test("Line does not wait for a unit that is no longer used before it reopens a stuck adapter", () => {
  let hangs = false;
  return onFakeTimeLine((request) => hangs ? undefined : answer(request), async (line) => {
    assert.deepEqual([await asked(line, 1), await asked(line, 2)], ["answer", "answer"]);
    line.forgetUnit(2);
    assert.equal(line.unitStats(2).exchanges, 0);
    assert.equal(line.stats().exchanges, 2);
    hangs = true;
    for (const _ of [1, 2]) assert.equal(await asked(line, 1), "timeout");
    await line.time.sleep(5000);
    assert.equal(await asked(line, 1), "timeout");
    hangs = false;
    assert.equal(await line.connected(1), 2);
    assert.equal(await asked(line, 1), "answer");
  });
});

Deno.test("Line keeps an adapter open while one unit answers, or none has ever answered", () =>
  onFakeTimeLine(answer, async (line) => {
    const silent = async () => {
      for (let count = 0; count < 100; count++) assert.equal(await asked(line, 9), "timeout");
    };
    const begin = line.time.mono();
    await silent();
    assert.ok(line.time.mono() - begin > 5000);
    assert.equal(await asked(line, 1), "answer");
    await silent();
    assert.equal(await asked(line, 1), "answer");
    assert.equal(line.connection, 1);
    assert.ok(line.state === "open");
  }));

Deno.test("Line reconnects to a bridge that no longer sends anything", async () => {
  let hangs = false;
  await using far = new ScriptedLine((request) => hangs ? undefined : answer(request));
  const folder = await Deno.makeTempDir();
  const serial = { path: far.path, baudrate: 115200, parity: "none", stopBits: 1, rtscts: false } as const;
  const listen = { kind: "unix", path: `${folder}/line.sock` } as const;
  const server = await serveSerialPort({ serial, listen }, { log: silentLog });
  const time = new ShiftedTime();
  const line = new Line(far.options({ endpoint: listen, reopenDelayMs: 20, initialTimeoutMs: 300 }), { time });
  await line.start();
  assert.equal(await asked(line, 1), "answer");
  hangs = true;
  for (let count = 0; count < 2; count++) assert.equal(await asked(line, 1), "timeout");
  time.skip(5000);
  assert.equal(await asked(line, 1), "timeout");
  hangs = false;
  let connection = await line.connected(1);
  let outcome = await asked(line, 1);
  // The bridge refuses a second client, and on a busy machine the first one is gone only later
  while (outcome === "closed") {
    connection = await line.connected(connection);
    outcome = await asked(line, 1);
  }
  assert.equal(outcome, "answer");
  await line.close();
  await server.close();
  await Deno.remove(folder, { recursive: true });
});
