import assert from "node:assert/strict";
import { lineLog, type LogFormat } from "../../src/cli/log_sink.ts";

const hostile = "x\n2026-01-01T00:00:00.000Z ERROR Record 7 was erased \x1b[2J\x9b\u2028\u202e";

function logged(format: LogFormat["format"], message: string, fields?: Record<string, string>): string {
  const written: string[] = [];
  lineLog({ level: "info", format }, (line) => written.push(line), () => 0).warn(message, fields);
  return written.join("");
}

Deno.test("a message is one line of text without control characters, whatever its text and fields contain", () => {
  const text = logged("text", hostile, { subject: hostile, plain: "\x1b[2J" });
  assert.match(text, /^1970-01-01T00:00:00.000Z WARN {2}x\\n2026-[ -~]*\n$/);
});

Deno.test("a message is one line of JSON without control characters, and the parsed JSON is unchanged", () => {
  const text = logged("json", hostile, { subject: hostile });
  assert.match(text, /^[ -~]*\n$/);
  const { message, subject } = JSON.parse(text);
  assert.deepEqual([message, subject], [hostile, hostile]);
});

Deno.test("a text of more than 2000 characters is cut, and the rest is counted", () => {
  for (const format of ["text", "json"] as const) {
    const text = logged(format, "y".repeat(60_000), { id: "z".repeat(60_000) });
    assert.ok(text.length < 4200, `${text.length} characters`);
    assert.match(text, /yyy\.\.\. \(58000 more characters\).*zzz\.\.\. \(58000 more characters\)/);
  }
});
