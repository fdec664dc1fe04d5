import assert from "node:assert/strict";
import { crc16, exceptionAnswer, parseRequest, readAnswer, writeAnswer } from "../../src/modbus/mod.ts";

const read = Uint8Array.fromHex("01040000000271cb");
const write = Uint8Array.fromHex("0110704000010200425966");

Deno.test("crc16() returns the check value of the catalogue for 123456789", () => {
  assert.equal(crc16(new TextEncoder().encode("123456789")), 0x4b37);
});

Deno.test("parseRequest() waits for every byte of a read and of a write", () => {
  for (const frame of [read, write]) {
    for (let length = 0; length < frame.length; length++) {
      assert.equal(parseRequest(frame.subarray(0, length)).kind, "more");
    }
    assert.equal(parseRequest(frame).kind, "request");
  }
});

Deno.test("parseRequest() returns unit, function, address, count and data, and ignores following bytes", () => {
  const parsed = parseRequest(Uint8Array.of(...write, ...read));
  assert.ok(parsed.kind === "request");
  const { data, ...rest } = parsed.request;
  assert.deepEqual(rest, { unit: 1, function: 16, address: 0x7040, count: 1, length: 11 });
  assert.deepEqual([...data], [0x00, 0x42]);
});

Deno.test("parseRequest() rejects a frame with a wrong checksum", () => {
  assert.equal(parseRequest(read.with(3, 1)).kind, "garbage");
});

Deno.test("parseRequest() accepts a complete frame with an unknown function, so that it can be refused", () => {
  const parsed = parseRequest(Uint8Array.fromHex("0111c02c"));
  assert.ok(parsed.kind === "request");
  assert.equal(parsed.request.function, 0x11);
});

Deno.test("readAnswer(), writeAnswer() and exceptionAnswer() build standard frames", () => {
  assert.equal(readAnswer(1, 4, Uint8Array.of(0x09, 0, 0, 0)).toHex(), "01040409000000f818");
  assert.equal(writeAnswer(1, 0x7040, 1).toHex(), "0110704000011add");
  assert.equal(exceptionAnswer(1, 4, 2).toHex(), "018402c2c1");
});
