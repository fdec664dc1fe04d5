import assert from "node:assert/strict";
import fc from "fast-check";
import { codePoint } from "../fuzz/code_point.ts";
import { type Property, property } from "../fuzz/property.ts";
import { stringify } from "yaml";
import { configText, problemsOf } from "../support/config_text.ts";
import { generatedFiles } from "./generated_file_properties.ts";
import { disagreement, schemaVerdicts } from "./schema_verdicts.ts";

const verdictsOn = schemaVerdicts();

const pieces = [
  ...["site", "lines", "meters", "nats", "defaults", "streams", "name", "serial_port", "gateway", "servers", "token"],
  ...[": ", ":", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "&a ", "*a", "<<: ", "? ", "| ", "> ", "#"],
  ...["!!int ", "!x ", '"', "'", "${A}", "${", "$${", "01", "0x1F", "~", "null", ".inf", "-1", "1e9", "true", "\t"],
  ...["__proto__", "constructor", "---\n", "...\n", "%YAML 1.1\n", "\r", "\0", "\u{1f600}", "\ud800"],
];

const texts = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 80 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join("")),
  fc.tuple(fc.nat(200), fc.constantFrom(...pieces)).map(([at, piece]) => {
    const text = configText({ line: "baudrate: ${A}", top: "defaults: { timezone_offset_minutes: 60 }" });
    return text.slice(0, at) + piece + text.slice(at);
  }),
  fc.json(),
);

/** Properties of every configuration file. */
export const configProperties: readonly Property[] = [
  property(
    {
      name: "config-text",
      title: "loadConfig throws only ConfigError for any text, always with a place",
      runs: 2000,
    },
    [texts],
    (text) => {
      for (const { line, column, found, allowed, message } of problemsOf(text, { A: "9600" })) {
        assert.ok(line >= 1 && line <= text.split(/\n/).length && column >= 1);
        assert.ok(found !== "" && allowed !== "" && message.includes(`:${line}:${column}: `));
      }
    },
  ),
  property(
    {
      name: "config-schema",
      title: "the JSON Schema and the validator accept the same files, apart from what a JSON Schema cannot say",
      runs: 500,
    },
    [generatedFiles()],
    (file) => assert.equal(disagreement(verdictsOn(stringify(file))), undefined),
  ),
];
