import assert from "node:assert/strict";
import { hex } from "../../src/base/hex.ts";
import { meterModels, registers, wordsOf } from "../../src/meter/mod.ts";
import type { Field } from "../../src/meter/mod.ts";
import { modelRegisters } from "../support/model_registers.ts";

const text = await Deno.readTextFile(new URL("../../docs/meters.md", import.meta.url));
const [beforeSeries = "", seriesAndRest = ""] = text.split("\n## Series\n");
const [series = "", ...afterSeries] = seriesAndRest.split(/\n(?=## )/);
const common = [beforeSeries, ...afterSeries].join("\n");

/** The rows of every table in `part` whose head begins with `head`, without the head. */
function rows(head: string, part = common): string[][] {
  const found: string[][] = [];
  let inside = false;
  for (const line of part.split("\n")) {
    if (!line.startsWith("|")) inside = false;
    else if (line.startsWith(head)) inside = true;
    else if (inside && !/^[| -]+$/.test(line)) found.push(line.slice(1, -1).split("|").map((cell) => cell.trim()));
  }
  return found;
}

/** The section of a series. */
function sectionOf(title: string): string {
  return series.split("\n### ").find((section) => section.startsWith(`${title}\n`)) ?? "";
}

const typeNames = { u16: "UINT16", i16: "INT16", i32: "INT32", u32: "UINT32", i64: "INT64", u64: "UINT64" } as const;

function typeOf(field: Field): string {
  if (field.as === "char") return `CHAR[${wordsOf(field) * 2}]`;
  if (field.as === "lowChar") return `LOW[${wordsOf(field)}]`;
  return typeNames[field.as];
}

const stepOf = ({ unit, exp = 0 }: Field) => unit === undefined ? "" : `${1 / 10 ** -exp} ${unit}`;
const row = (at: number, type: string, step = "") => `${300001 + at} ${hex(at)}h ${type} ${step}`.trim();
const isField = (value: object): value is Field => "at" in value && "as" in value;

function registerRows(): string[] {
  const found: string[] = [];
  const add = (value: unknown) => {
    if (typeof value !== "object" || value === null || value instanceof Map || Array.isArray(value)) return;
    if (isField(value)) found.push(row(value.at, typeOf(value), stepOf(value)));
    else if ("fields" in value) Object.values(value.fields ?? {}).forEach(add);
    else if (!("at" in value)) Object.values(value).forEach(add);
    else if (value === registers.transaction.identificationFlags) found.push(row(Number(value.at), "UINT16"));
    else found.push(row(Number(value.at), "BYTES"));
  };
  const { identificationCode, clock, billing } = registers;
  add({ identificationCode, clock, billing });
  return found.sort();
}

const registerRowsIn = (part: string) =>
  rows("| document | wire ", part).map(([document, wire, type, step]) => `${document} ${wire} ${type} ${step}`.trim());

Deno.test("docs/meters.md lists exactly the registers that all series share", () => {
  assert.deepEqual(registerRowsIn(common).sort(), registerRows());
});

Deno.test("docs/meters.md has a section for each series, with exactly its registers", () => {
  assert.deepEqual(
    [...series.matchAll(/^### (.*)$/gm)].map(([, title]) => title),
    meterModels.map(({ title }) => title),
  );
  for (const model of meterModels) {
    const expected = new Set(modelRegisters(model).map(({ field }) => row(field.at, typeOf(field), stepOf(field))));
    assert.deepEqual(registerRowsIn(sectionOf(model.title)).sort(), [...expected].sort(), model.name);
  }
});

Deno.test("docs/meters.md lists the codes, the sizes and the device state of each series", () => {
  for (const { name, title, codes, maxWords, live, deviceState, phaseSequence } of meterModels) {
    const section = sectionOf(title);
    const codesText = codes.length === 0
      ? ""
      : `Identification codes: ${codes.toSorted((one, other) => one - other).join(", ")}.`;
    const blocks = live.map(({ start, words }) => `${words} words at ${hex(start)}h`);
    const { right, wrong } = phaseSequence ?? {};
    const sequence = phaseSequence === undefined
      ? []
      : [`Phase sequence: ${wrong} is L1-L3-L2 (an error), ${right} is L1-L2-L3.`];
    for (const phrase of [...sequence, codesText, `At most ${maxWords} words a read.`, ...blocks]) {
      assert.ok(section.includes(phrase), `${name}: ${phrase}`);
    }
    const bits = [...deviceState?.bits ?? []].map(([bit, error]) => [String(bit), error]);
    assert.deepEqual(rows("| bit | error", section), bits, name);
  }
});

Deno.test("docs/meters.md lists the sizes of the register map", () => {
  const { signedMap, publicKeyPoint, publicKeyDer, transaction } = registers;
  for (
    const phrase of [
      `${signedMap.dataWords} words of data, then r and s: ${signedMap.signatureWords[256]} words (256-bit key) or ${
        signedMap.signatureWords[384]
      } (384-bit)`,
      `point: ${publicKeyPoint.words[256]} words (256-bit) or ${publicKeyPoint.words[384]} (384-bit)`,
      `SubjectPublicKeyInfo: ${publicKeyDer.words[256]} words (256-bit) or ${publicKeyDer.words[384]} (384-bit)`,
      `up to ${transaction.ocmfFile.maxWords} words`,
    ]
  ) assert.ok(text.includes(phrase), phrase);
});

Deno.test("docs/meters.md lists exactly the numbers of the register map", () => {
  const numbered = (names: readonly string[]) => names.map((name, number) => [String(number), name]);
  assert.deepEqual(rows("| number | OCMF state"), numbered(registers.ocmfStates));
  assert.deepEqual(rows("| number | identification level"), numbered(registers.identificationLevels));
  for (const [index, group] of ["RFID", "OCPP", "ISO15118", "PLMN"].entries()) {
    assert.deepEqual(rows(`| number | ${group} flag`), numbered(registers.identificationFlagGroups[index] ?? []));
  }
  assert.deepEqual(
    rows("| number | identification type"),
    Object.entries(registers.identificationTypes).map(([name, number]) => [String(number), name]),
  );
  for (const [name, code] of Object.entries(registers.commands)) {
    assert.ok(text.includes(`\`${String.fromCharCode(code)}\` (${code.toString(16)}h) ${name}`), name);
  }
});
