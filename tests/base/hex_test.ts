import assert from "node:assert/strict";
import { hex, hexText, spacedHex } from "../../src/base/hex.ts";

Deno.test("hex() writes an address in four upper-case digits", () => {
  assert.deepEqual([hex(0), hex(0xb), hex(0x7110), hex(0xffff)], ["0000", "000B", "7110", "FFFF"]);
});

Deno.test("hexText() writes bytes in upper case without separators", () => {
  assert.equal(hexText(Uint8Array.of(0x01, 0xab, 0x00)), "01AB00");
  assert.equal(hexText([]), "");
});

Deno.test("spacedHex() writes a blank behind every group of bytes but the last", () => {
  const bytes = Uint8Array.of(0x01, 0x04, 0x02, 0x55, 0x78);
  assert.equal(spacedHex(bytes, 1), "01 04 02 55 78");
  assert.equal(spacedHex(bytes, 2), "0104 0255 78");
  assert.equal(spacedHex([], 2), "");
});
