import assert from "node:assert/strict";
import { hexText } from "../../src/base/hex.ts";
import type { Encoding } from "../../src/meter/mod.ts";
import { encodeText } from "../../src/meter/codec.ts";
import { cutText, decodeField, encodeInteger } from "../../src/meter/mod.ts";

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(" ", ""));

const integers: readonly [Exclude<Encoding, "char" | "lowChar">, number, string][] = [
  ["u16", 0, "0000"],
  ["u16", 65535, "FFFF"],
  ["u16", 0x1234, "1234"],
  ["i16", -1, "FFFF"],
  ["i16", -32768, "8000"],
  ["i16", -1440, "FA60"],
  ["i32", 1, "0001 0000"],
  ["i32", 65536, "0000 0001"],
  ["i32", -2, "FFFE FFFF"],
  ["i32", 0x12345678, "5678 1234"],
  ["i32", -2147483648, "0000 8000"],
  ["u32", 4294967295, "FFFF FFFF"],
  ["i64", 5_000_000_000, "F200 2A05 0001 0000"],
  ["i64", -1, "FFFF FFFF FFFF FFFF"],
  ["i64", 9007199254740991, "FFFF FFFF FFFF 001F"],
  ["u64", 1769846400, "B680 697D 0000 0000"],
];

Deno.test("decodeField reads integers with the low word first", () => {
  for (const [as, value, words] of integers) assert.equal(decodeField({ at: 0, as }, bytes(words)), value, words);
});

Deno.test("encodeInteger writes integers with the low word first", () => {
  for (const [as, value, words] of integers) assert.equal(hexText(encodeInteger(as, value)), words.replaceAll(" ", ""));
});

Deno.test("encodeInteger refuses a number that does not fit", () => {
  for (const [as, value] of [["u16", 65536], ["u16", -1], ["i16", 32768], ["i32", 2147483648], ["u64", -1]] as const) {
    assert.throws(() => encodeInteger(as, value), RangeError);
  }
});

Deno.test("decodeField returns exact decimals", () => {
  assert.equal(decodeField({ at: 0, as: "i32", exp: -1 }, bytes("08FD 0000")), 230.1);
  assert.equal(decodeField({ at: 0, as: "i32", exp: -3 }, bytes("C17F FFFF")), -16.001);
  assert.equal(decodeField({ at: 0, as: "i16", exp: -1 }, bytes("FF85")), -12.3);
  assert.ok(Object.is(decodeField({ at: 0, as: "i32", exp: -3 }, bytes("0000 0000")), 0));
});

Deno.test("decodeField refuses 64-bit values that a number would round", () => {
  assert.throws(() => decodeField({ at: 0, as: "i64" }, bytes("0000 0000 0000 0020")), RangeError);
  assert.throws(() => decodeField({ at: 0, as: "u64" }, bytes("FFFF FFFF FFFF FFFF")), RangeError);
});

Deno.test("decodeField ends a text at its first NUL, otherwise at the end of the field", () => {
  assert.equal(decodeField({ at: 0, as: "char", words: 3 }, bytes("4142 0043 4445")), "AB");
  assert.equal(decodeField({ at: 0, as: "char", words: 2 }, bytes("4142 4344")), "ABCD");
  assert.equal(decodeField({ at: 0, as: "char", words: 2 }, bytes("0041 4243")), "");
  assert.equal(decodeField({ at: 0, as: "lowChar", words: 4 }, bytes("0042 0041 0031 0000")), "BA1");
});

Deno.test("encodeText writes the used part with its NUL and pads the last word", () => {
  assert.equal(hexText(encodeText("AB", 20).bytes), "41420000");
  assert.equal(hexText(encodeText("ABC", 20).bytes), "41424300");
  assert.equal(hexText(encodeText("", 20).bytes), "0000");
  assert.equal(hexText(encodeText("A", 20).bytes), "4100");
});

Deno.test("encodeText stores one byte less than its words, and reports a cut", () => {
  const full = encodeText("x".repeat(39), 20);
  assert.deepEqual([full.cut, full.bytes.length, hexText(full.bytes.subarray(-2))], [false, 40, "7800"]);
  const over = encodeText("x".repeat(40), 20);
  assert.deepEqual([over.cut, hexText(over.bytes)], [true, hexText(full.bytes)]);
  const tariff = encodeText("t".repeat(250), 126);
  assert.deepEqual([tariff.cut, tariff.bytes.length, hexText(tariff.bytes.subarray(-2))], [false, 252, "0000"]);
});

Deno.test("cutText never cuts inside a character", () => {
  assert.equal(cutText("a\u{fc}", 2), "a");
  assert.equal(cutText("a\u{fc}", 3), "a\u{fc}");
  assert.equal(cutText("ab\u{1F50C}c", 5), "ab");
  assert.equal(cutText("ab\u{1F50C}c", 6), "ab\u{1F50C}");
  assert.equal(hexText(encodeText("x".repeat(38) + "\u{fc}", 20).bytes.subarray(-4)), "78780000");
});
