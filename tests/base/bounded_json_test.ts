import assert from "node:assert/strict";
import { parseBoundedJson } from "../../src/base/bounded_json.ts";

Deno.test("parseBoundedJson returns the same values as JSON.parse, including brackets in strings", () => {
  for (const value of [{ a: ['"', "\\", "{[:", { b: null }] }, [], "x:", -1.5, true, [[1, 2], [3]]]) {
    assert.deepEqual(parseBoundedJson(JSON.stringify(value, null, 1)), value);
  }
  for (const text of ["", "{", '{"a":}', '"', '"\\', "]", "x"]) {
    assert.throws(() => parseBoundedJson(text), SyntaxError, text);
  }
});

Deno.test("parseBoundedJson refuses more than 64 levels and more than 10,000 members", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  parseBoundedJson(nested(64));
  assert.throws(() => parseBoundedJson(nested(65)), /nests deeper than 64 levels/);
  const members = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":{"a":1}`).join()}}`;
  parseBoundedJson(members(10_000));
  assert.throws(() => parseBoundedJson(members(10_001)), /more than 10000 members/);
  parseBoundedJson(`[${"{},".repeat(20_000)}{}]`);
});
