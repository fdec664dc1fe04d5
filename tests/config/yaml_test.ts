import assert from "node:assert/strict";
import { testProperties } from "../fuzz/test_properties.ts";
import { configText, errorOf, load, placesOf, problemsOf } from "../support/config_text.ts";
import { configProperties } from "./properties.ts";

Deno.test("loadConfig rejects a value that is not a mapping", () => {
  for (const text of ["", "\n# nothing\n", "---\n", "null", "- a\n- b", "text", "1"]) {
    const [problem, ...others] = problemsOf(text);
    assert.equal(others.length, 0, text);
    assert.match(problem?.allowed ?? "", /^a mapping with keys of site, /, text);
  }
});

Deno.test("loadConfig reports the place where a text is not YAML", () => {
  const cases: [string, string][] = [
    ["site: a\n\tlines: []", "2:1 "],
    ["site: 'a", "1:9 "],
    ["site: a: b", "1:7 "],
    ["site: @a", "1:7 "],
    ["site: a\n---\nsite: b", "2:1 "],
    ["? [a]\n: b", "1:3 "],
  ];
  for (const [text, place] of cases) {
    assert.equal(errorOf(text)?.code, "syntax", text);
    assert.equal(placesOf(text)[0], place, text);
  }
});

Deno.test("loadConfig reports every duplicate key", () => {
  assert.deepEqual(placesOf(configText({ top: "site: x\nsite: y" })), ["7:1 site", "8:1 site"]);
});

Deno.test("loadConfig rejects unknown tags", () => {
  assert.deepEqual(placesOf(configText({ top: "state_dir: !secret x" })), ["7:12 "]);
  assert.deepEqual(placesOf(configText({ top: "state_dir: !!binary eA==" })), ["7:12 "]);
});

Deno.test("loadConfig follows anchors, aliases and merge keys", () => {
  const settings = load(`
site: &site s
lines:
  - &usual
    name: *site
    serial_port: a
    baudrate: 115200
    meters: [{ name: m }]
  - <<: *usual
    name: t
    serial_port: b
    meters: [{ <<: [{ timezone_offset_minutes: 60 }, { timezone_offset_minutes: 90 }], name: n }]
`);
  assert.deepEqual(settings.lines.map(({ name, baudrate }) => [name, baudrate]), [["s", 115200], ["t", 115200]]);
  assert.equal(settings.lines[1]?.meters[0]?.timezoneOffsetMinutes, 60);
});

Deno.test("loadConfig reports a mistake behind an alias at its own place", () => {
  const text = `site: s
lines:
  - &usual { name: a, serial_port: a, baudrate: 1, meters: [{ name: m }] }
  - { <<: *usual, name: b, serial_port: b, meters: [{ name: n, timezone_offset_minutes: *none }] }
  - <<: [1]
`;
  const places = placesOf(text);
  assert.ok(places.includes("3:49 lines[0].baudrate"));
  assert.ok(places.includes("4:89 lines[1].meters[0].timezone_offset_minutes"));
  assert.ok(places.includes("5:10 lines[2]"));
});

Deno.test("loadConfig rejects aliases that multiply or refer to themselves", () => {
  const levels = Array.from({ length: 20 }, (_, level) => {
    const inner = level === 0 ? "x, x" : `*a${level - 1}, *a${level - 1}`;
    return `k${level}: &a${level} [${inner}]`;
  });
  assert.match(problemsOf(levels.join("\n"))[0]?.found ?? "", /more than 100000 values/);
  assert.match(problemsOf("a: &a [*a, *a]")[0]?.found ?? "", /more than 32 levels/);
});

Deno.test("loadConfig rejects texts that are too long or too deep", () => {
  assert.equal(problemsOf(`site: ${"x".repeat(1024 * 1024)}`)[0]?.found, "a file of 1048582 characters");
  assert.equal(errorOf("[".repeat(20_000))?.code, "syntax");
  assert.equal(errorOf(`a: ${"[".repeat(100)}${"]".repeat(100)}`)?.code, "syntax");
});

Deno.test("loadConfig counts lines and columns with both line endings and after a byte order mark", () => {
  assert.deepEqual(placesOf(`\ufeff${configText({ line: "retries: 11" }).replaceAll("\n", "\r\n")}`), [
    "7:14 lines[0].retries",
  ]);
});

testProperties(configProperties);
