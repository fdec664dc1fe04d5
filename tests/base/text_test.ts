import assert from "node:assert/strict";
import { countText, printable, printableJson } from "../../src/base/text.ts";

const acting = [
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\0", "\\x00"],
  ["\x1b", "\\x1b"],
  ["\x7f", "\\x7f"],
  ["\x85", "\\x85"],
  ["\x9b", "\\x9b"],
  ["\u2028", "\\u2028"],
  ["\u2029", "\\u2029"],
  ["\u202e", "\\u202e"],
  ["\u2066", "\\u2066"],
  ["\u200f", "\\u200f"],
  ["\ufeff", "\\ufeff"],
  ["\u{e0041}", "\\udb40\\udc41"],
  ["\ud800", "\\ud800"],
] as const;

Deno.test("printable escapes each character that a terminal would execute, and returns one line", () => {
  for (const [character, shown] of acting) assert.equal(printable(`a${character}b`), `a${shown}b`);
});

Deno.test("printable does not change printable characters", () => {
  const text = 'DE*ABC*E1 "quoted" \\ gr\u00fc\u00df \u20ac \u{1f50c} \u4e2d\u6587';
  assert.equal(printable(text), text);
  assert.equal(printable(printable("\x1b[2J")), printable("\x1b[2J"));
});

Deno.test("printableJson returns JSON of the same value without such characters", () => {
  const value = { text: acting.map(([character]) => character).join("") };
  for (const space of [undefined, 2]) {
    const json = printableJson(value, space);
    assert.deepEqual(JSON.parse(json), value);
    assert.match(json, /^[\n -~]*$/);
  }
  assert.equal(printableJson({ a: [1, "x"] }), '{"a":[1,"x"]}');
});

Deno.test("countText() writes a noun in the singular after 1 only", () => {
  const texts = [0, 1, 2].map((count) => countText(count, "record"));
  assert.deepEqual(texts, ["0 records", "1 record", "2 records"]);
});
