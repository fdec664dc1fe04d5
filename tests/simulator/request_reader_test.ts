import assert from "node:assert/strict";
import { RequestReader } from "../../src/simulator/request_reader.ts";

const read = "01 04 00 0B 00 01 40 08";
/** Its first data bytes look like a frame of function FFh. */
const write = "01 10 69 00 00 04 08 FF FF 00 00 45 46 47 00 AD 31";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

/** Functions of the requests found in the bytes, read in pieces of `size`. */
function found(text: string, size: number): number[] {
  const reader = new RequestReader();
  const bytes = bytesOf(text);
  const functions: number[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    functions.push(...reader.push(bytes.subarray(at, at + size)).map((request) => request.function));
  }
  return functions;
}

Deno.test("RequestReader finds the same requests for every split of the bytes", () => {
  for (let size = 1; size < 40; size++) {
    assert.deepEqual(found(`${read} ${write} ${read}`, size), [4, 16, 4], `in pieces of ${size}`);
  }
});

Deno.test("RequestReader finds a request after the start of an unfinished one", () => {
  for (let size = 1; size < 30; size++) {
    assert.deepEqual(found(`01 10 69 00 00 7B F6 00 ${read} ${read}`, size), [4, 4], `in pieces of ${size}`);
  }
});

Deno.test("RequestReader drops old garbage", () => {
  const reader = new RequestReader();
  for (let count = 0; count < 100; count++) assert.deepEqual(reader.push(new Uint8Array(100).fill(0x55)), []);
  assert.equal(reader.push(bytesOf(read)).length, 1);
});

Deno.test("RequestReader finds a request of an unknown function", () => {
  assert.deepEqual(found("01 2B 0E 01 00 70 77", 7), [0x2b]);
});
