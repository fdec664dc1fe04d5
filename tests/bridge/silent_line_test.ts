import assert from "node:assert/strict";
import { Line, type LineError, readAnswer, serveSerialPort } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const live = { priority: "live" } as const;

/** Units 1 and 2 answer any read. */
function answer(request: string): string | undefined {
  const [unit = 0, , , , , words = 0] = Uint8Array.fromHex(request);
  return unit > 2 ? undefined : readAnswer(unit, 4, new Uint8Array(2 * words)).toHex();
}

/** Whether the unit answers. */
function asked(line: Line, unit: number): Promise<string> {
  return line.read(unit, 0x0b, 1, live).then(() => "answer", (error: LineError) => error.code);
}

Deno.test("Line opens an adapter again that hangs: nothing comes from units that answered before", async () => {
  let hangs = false;
  await using far = new ScriptedLine((request) => hangs ? undefined : answer(request));
  const line = new Line(far.options({ reopenDelayMs: 20 }));
  const changes = line.changes[Symbol.asyncIterator]();
  await line.start();
  await changes.next();
  assert.deepEqual([await asked(line, 1), await asked(line, 2)], ["answer", "answer"]);
  hangs = true;
  for (const unit of [1, 1, 1, 1, 2]) assert.equal(await asked(line, unit), "timeout");
  const { value: closed } = await changes.next();
  assert.equal(closed?.error?.message, `Nothing comes from ${far.path} any more; it is opened again`);
  hangs = false;
  assert.equal(await line.connected(1), 2);
  assert.equal(await asked(line, 1), "answer");
  await line.close();
});

Deno.test("Line keeps an adapter open while one unit answers, or none ever did", async () => {
  await using far = new ScriptedLine(answer);
  const line = new Line(far.options({ initialTimeoutMs: 20 }));
  await line.start();
  for (let count = 0; count < 5; count++) assert.equal(await asked(line, 9), "timeout");
  assert.equal(await asked(line, 1), "answer");
  for (let count = 0; count < 5; count++) assert.equal(await asked(line, 9), "timeout");
  assert.equal(await asked(line, 1), "answer");
  assert.equal(line.connection, 1);
  await line.close();
});

Deno.test("Line connects again to a bridge through which nothing comes any more", async () => {
  let hangs = false;
  await using far = new ScriptedLine((request) => hangs ? undefined : answer(request));
  const folder = await Deno.makeTempDir();
  const serial = { path: far.path, baudrate: 115200, parity: "none", stopBits: 1, rtscts: false } as const;
  const listen = { kind: "unix", path: `${folder}/line.sock` } as const;
  const server = await serveSerialPort({ serial, listen }, { log: silentLog });
  const line = new Line(far.options({ endpoint: listen, reopenDelayMs: 20 }));
  await line.start();
  assert.equal(await asked(line, 1), "answer");
  hangs = true;
  for (let count = 0; count < 3; count++) assert.equal(await asked(line, 1), "timeout");
  hangs = false;
  assert.equal(await line.connected(1), 2);
  assert.equal(await asked(line, 1), "answer");
  await line.close();
  await server.close();
  await Deno.remove(folder, { recursive: true });
});
