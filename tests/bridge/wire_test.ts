import assert from "node:assert/strict";
import { bitsPerCharacter, wireTimeMs } from "../../bridge/mod.ts";
import { readCostMs, silenceMs } from "../../src/line/mod.ts";

const wire = { baudrate: 9600, parity: "none", stopBits: 1 } as const;

Deno.test("bitsPerCharacter() counts start, data, parity and stop bits", () => {
  assert.equal(bitsPerCharacter(wire), 10);
  assert.equal(bitsPerCharacter({ ...wire, parity: "even" }), 11);
  assert.equal(bitsPerCharacter({ ...wire, stopBits: 2 }), 11);
  assert.equal(bitsPerCharacter({ ...wire, parity: "odd", stopBits: 2 }), 12);
});

Deno.test("wireTimeMs() is bits by baud rate", () => {
  assert.equal(wireTimeMs(wire, 96), 100);
  assert.equal(wireTimeMs({ ...wire, baudrate: 115200 }, 1152), 100);
});

Deno.test("silenceMs() is 3.5 characters, above 19200 baud a fixed 1.75 ms", () => {
  assert.equal(silenceMs({ ...wire, baudrate: 1000 }), 35);
  assert.equal(silenceMs({ ...wire, baudrate: 19200 }), 35000 / 19200);
  assert.equal(silenceMs({ ...wire, baudrate: 38400 }), 1.75);
});

Deno.test("readCostMs() is the bytes of request and answer, the turnaround and the silence between two frames", () => {
  // 8 bytes of request and 5 + 2 * 52 of answer, 117 in all.
  assert.equal(readCostMs(wire, 52, 5), 117 * 10 * 1000 / 9600 + 5 + 35000 / 9600);
  assert.equal(readCostMs({ ...wire, baudrate: 115200 }, 52, 2), 117 * 10 * 1000 / 115200 + 2 + 1.75);
});
