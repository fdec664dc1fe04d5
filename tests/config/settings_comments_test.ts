import assert from "node:assert/strict";
import * as z from "zod";
import { camelKeys } from "../../src/base/key_case.ts";
import { fileSchema } from "../../src/config/file_schema.ts";
import { sectionsOf } from "../../src/config/sections.ts";
import { docMembers } from "../support/doc_members.ts";

/** Sections of the file with a type of their own. */
const types: Readonly<Record<string, string>> = {
  "": "Settings",
  "nats": "NatsSettings",
  "nats.tls": "TlsSettings",
  "streams": "StreamsSettings",
  "streams.readings": "StreamSettings",
  "streams.ocmf": "StreamSettings",
  "streams.state": "StreamSettings",
  "web": "WebSettings",
  "web.trusted_proxy": "TrustedProxySettings",
  "streams.intervals": "StreamSettings",
  "lines[]": "LineSettings",
  "lines[].rs485": "LineSettings.rs485",
  "lines[].meters[]": "MeterSettings",
};

/** Keys whose members have another name; the member `endpoint` has two keys. */
const renamed: Readonly<Record<string, string | undefined>> = {
  powermeter_device_id: "unit",
  serial_port: undefined,
  gateway: undefined,
};

/** Texts of units by the last part of a key. */
const units: Readonly<Record<string, string>> = {
  ms: " ms",
  s: " s",
  minutes: " minutes",
  hours: " hours",
  days: " days",
  mb: " MB",
  bytes: " bytes",
};

function unitOf(key: string): string {
  return units[key.split("_").at(-1) ?? ""] ?? "";
}

/** What the comment of a member does not state. */
function missingIn(comment: string, key: string, schema: z.ZodType): string[] {
  const [meaning = "", defaults] = comment.split("@default ");
  const allowed = schema.safeParse(Symbol()).error?.issues[0]?.message ?? "";
  const [, min, max] = /^a whole number from (-?\d+) to (\d+)/.exec(allowed) ?? [];
  const range = `${min}..${max}${unitOf(key)}`;
  const { success, data } = schema.safeParse(undefined);
  return [
    ...(min === undefined || meaning.includes(range) ? [] : [range]),
    ...(success && defaults?.includes(String(data ?? "")) !== true ? [`@default ${data ?? "none"}`] : []),
  ];
}

Deno.test("the comment of each setting states the range, unit and default that the schema of the file has", async () => {
  const documented = await docMembers(new URL("../../src/config/mod.ts", import.meta.url));
  const comments = new Map(documented.map(({ path, doc }) => [path, doc]));
  const sections = sectionsOf(fileSchema);
  const wrong: string[] = [];
  for (const [path, shape] of sections) {
    if (path === "defaults") continue;
    for (const [key, schema] of Object.entries(shape)) {
      if (!(schema instanceof z.ZodType) || sections.has(path === "" ? key : `${path}.${key}`)) continue;
      const name = key in renamed ? renamed[key] : Object.keys(camelKeys({ [key]: true }))[0];
      if (name === undefined) continue;
      const member = `${types[path] ?? `Settings.${path}`}.${name}`;
      const comment = comments.get(member) ?? "";
      wrong.push(...missingIn(comment, key, schema).map((text) => `${member} does not state "${text}": ${comment}`));
    }
  }
  assert.deepEqual(wrong, []);
});
