import { decodeField, type Encoding, type Field, wordsOf } from "./codec.ts";
import { fieldsOf } from "./firmware.ts";
import { measuredValue } from "./measured_value.ts";
import type { FirmwareVersion, MeterLayout } from "./meter_model.ts";
import { identificationCode } from "./registers.ts";

/** A register of a series with its name in the data of the series. */
export interface NamedRegister {
  /** `voltageL1`, `energies[0].importWh[0]` */
  readonly name: string;
  /** Zero-based wire address of its first word. */
  readonly at: number;
  /** Total number of words; undefined: another register contains the number. */
  readonly words?: number;
  /** Its words as a value with its unit; undefined: plain bytes. */
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
 * Every register in the data of a meter's series, by address.
 *
 * @param keyBits bits of the meter's signature key, which determine some lengths
 */
export function modelRegisters(layout: MeterLayout, keyBits: 256 | 384): NamedRegister[] {
  return new ModelRegisters(layout, keyBits).all();
}

class ModelRegisters {
  readonly #layout: MeterLayout;
  readonly #keyBits: 256 | 384;

  constructor(layout: MeterLayout, keyBits: 256 | 384) {
    this.#layout = layout;
    this.#keyBits = keyBits;
  }

  all(): NamedRegister[] {
    const { firmware, ...others } = this.#layout.model;
    const versions = Object.entries(firmware).flatMap(([name, version]) => this.#versions(name, version));
    const found = [this.#field("identificationCode", identificationCode), ...versions, ...this.#leaves(others, "")];
    return found.sort((one, other) => one.at - other.at);
  }

  #versions(name: string, version: FirmwareVersion): NamedRegister[] {
    return fieldsOf(version).map((field, index) =>
      this.#field(`firmware.${name}${index === 0 ? "" : ".revision"}`, field)
    );
  }

  #leaves(value: unknown, path: string): NamedRegister[] {
    if (typeof value !== "object" || value === null || value instanceof Map) return [];
    if (Array.isArray(value)) return value.flatMap((item, index) => this.#leaves(item, `${path}[${index}]`));
    const inner = Object.entries(value).flatMap(([key, each]) => this.#leaves(each, `${path}.${key}`));
    if (!("at" in value) || typeof value.at !== "number") return inner;
    return [this.#leaf(value, value.at, shortName(path))];
  }

  #leaf(value: object, at: number, name: string): NamedRegister {
    if (isField(value)) return this.#field(name, value);
    const words = "dataWords" in value && "signatureWords" in value
      ? this.#words(value.dataWords) + this.#words(value.signatureWords)
      : "words" in value
      ? this.#words(value.words)
      : undefined;
    return { name, at, text: () => undefined, ...(words !== undefined && { words }) };
  }

  /** A number, or the number for the key size. */
  #words(value: unknown): number {
    if (typeof value === "number") return value;
    const byBits: Readonly<Record<string, unknown>> = { ...(typeof value === "object" ? value : {}) };
    const words = byBits[this.#keyBits];
    return typeof words === "number" ? words : 1;
  }

  #field(name: string, field: Field): NamedRegister {
    return { name, at: field.at, words: wordsOf(field), text: (words) => this.#valueText(field, words) };
  }

  #valueText(field: Field, words: Uint8Array): string {
    if (field.as === "char" || field.as === "lowChar") return JSON.stringify(decodeField(field, words));
    try {
      const value = measuredValue(this.#layout, field, words);
      return value === undefined ? "no value (over range)" : `${value} ${field.unit ?? ""}`.trim();
    } catch (error) {
      if (error instanceof RangeError) return "not exact as a number";
      throw error;
    }
  }
}

/** The name without the parts that are only groups. */
function shortName(path: string): string {
  return path.replace(/^\.live\[\d+\]\.(?:fields|extended)|\.field$|^\.billing(?=\.)|^\.clock(?=\.)/g, "")
    .replace(/^\.transaction(?=\.)/, "").replace(/^\./, "");
}

function isField(value: object): value is Field {
  return "as" in value && typeof value.as === "string" && encodings.includes(value.as);
}
