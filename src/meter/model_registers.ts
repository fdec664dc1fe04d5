import { decodeField, type Encoding, type Field, wordsOf } from "./codec.ts";
import { fieldsOf } from "./firmware.ts";
import type { MeterModel } from "./meter_model.ts";
import { identificationCode } from "./registers.ts";

/** A register of a series with the name that it has in the series' data. */
export interface NamedRegister {
  /** `voltageL1`, `energies[0].importWh[0]` */
  readonly name: string;
  /** Zero-based wire address of its first word. */
  readonly at: number;
  /** Words in all; absent where another register tells how many. */
  readonly words?: number;
  /** Its words as a value with its unit; undefined where they are bytes without a meaning of their own. */
  readonly text: (words: Uint8Array) => string | undefined;
}

const encodings: readonly string[] = [
  "u16",
  "i16",
  "i32",
  "u32",
  "i64",
  "u64",
  "char",
  "lowChar",
] satisfies Encoding[];

/**
 * Every register that a series has, by its address; whatever the data of the series name is among them.
 *
 * @param keyBits of the meter's signature key, by which some lengths go
 */
export function modelRegisters(model: MeterModel, keyBits: 256 | 384): NamedRegister[] {
  const { firmware, ...others } = model;
  const versions = Object.entries(firmware).flatMap(([name, version]) =>
    fieldsOf(version).map((field, index) => fieldRegister(`firmware.${name}${index === 0 ? "" : `[${index}]`}`, field))
  );
  const found = [fieldRegister("identificationCode", identificationCode), ...versions, ...leaves(others, "", keyBits)];
  return found.sort((one, other) => one.at - other.at);
}

function leaves(value: unknown, path: string, keyBits: 256 | 384): NamedRegister[] {
  if (typeof value !== "object" || value === null || value instanceof Map) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, `${path}[${index}]`, keyBits));
  if ("at" in value && typeof value.at === "number") return [leaf(value, value.at, shortName(path), keyBits)];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`, keyBits));
}

/** Without the parts of the path that only group. */
function shortName(path: string): string {
  return path.replace(/^\.live\[\d+\]\.fields|\.field$|^\.billing(?=\.)|^\.clock(?=\.)/g, "")
    .replace(/^\.transaction(?=\.)/, "").replace(/^\./, "");
}

function leaf(value: object, at: number, name: string, keyBits: 256 | 384): NamedRegister {
  if (isField(value)) return fieldRegister(name, value);
  const words = "dataWords" in value && "signatureWords" in value
    ? number(value.dataWords, keyBits) + number(value.signatureWords, keyBits)
    : "words" in value
    ? number(value.words, keyBits)
    : undefined;
  return { name, at, text: () => undefined, ...(words !== undefined && { words }) };
}

/** A number, or that for the key. */
function number(value: unknown, keyBits: 256 | 384): number {
  if (typeof value === "number") return value;
  const byBits: Readonly<Record<string, unknown>> = { ...(typeof value === "object" ? value : {}) };
  const words = byBits[keyBits];
  return typeof words === "number" ? words : 1;
}

function isField(value: object): value is Field {
  return "as" in value && typeof value.as === "string" && encodings.includes(value.as);
}

function fieldRegister(name: string, field: Field): NamedRegister {
  return { name, at: field.at, words: wordsOf(field), text: (words) => valueText(field, words) };
}

function valueText(field: Field, words: Uint8Array): string {
  try {
    const value = decodeField(field, words);
    return typeof value === "string" ? JSON.stringify(value) : [value, field.unit ?? ""].join(" ").trim();
  } catch (error) {
    if (error instanceof RangeError) return "not exact as a number";
    throw error;
  }
}
