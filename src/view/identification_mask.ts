/** What replaces an identification. Its length does not show that of the identification. */
export const maskText = "********";

/** A shorter identification is hidden only where it is a whole text: it can occur in others by chance. */
const minPart = 6;

/** A text that contains a longer identification is hidden completely: the pattern of a search has a limit. */
const maxPart = 1_000;

/** Members of a record that have no text of a person: readings, numbers, the signature. */
const structural: ReadonlySet<string> = new Set(
  ["FV", "PG", "TM", "TX", "RV", "RI", "RU", "RT", "CL", "EF", "ST", "EI", "IS", "SA", "SE", "SM", "SD"],
);
const tariff = "TT";
const idMark = "<=>";

/** A text in which identifications are hidden. */
export interface MaskedText {
  readonly text: string;
  /** What is hidden in it, as far as it is known. */
  readonly identifications: readonly string[];
  /** Whether something is hidden. */
  readonly isMasked: boolean;
}

/** Hides identifications in texts. */
export class IdentificationMask {
  readonly #whole: ReadonlySet<string>;
  /** What is hidden inside other texts: a long one has no pattern. */
  readonly #parts: readonly { readonly found: string; readonly pattern: RegExp | undefined }[];

  /** @param identifications as they are in the record */
  constructor(identifications: readonly string[]) {
    // Problems quote a text as JSON, with its escapes
    const forms = identifications.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
    // Longest first: a shorter one inside a longer one would leave the rest of it
    const texts = [...new Set(forms.map((text) => text.trim()))]
      .filter((text) => text !== "")
      .sort((one, other) => other.length - one.length);
    this.#whole = new Set(texts.map(folded));
    this.#parts = texts.filter((text) => [...text].length >= minPart).map((text) => ({
      found: folded(text),
      pattern: text.length <= maxPart ? new RegExp(RegExp.escape(text), "gi") : undefined,
    }));
  }

  /** A free text without the identifications. */
  text(value: string): string {
    if (this.#isIdentification(value)) return maskText;
    let masked = value;
    for (const { found, pattern } of this.#parts) {
      if (pattern !== undefined) masked = masked.replace(pattern, maskText);
      // A search does not find letters beyond 16 bits in the other case, or those that are several characters there
      if (folded(masked).includes(found)) return maskText;
    }
    return masked;
  }

  /** An id, which is hidden only if it equals an identification. */
  id(value: string): string {
    return this.#isIdentification(value) ? maskText : value;
  }

  /** A tariff text of a record: a free text, then the mark and the id of the transaction. */
  tariff(value: string): string {
    const mark = value.lastIndexOf(idMark);
    if (mark < 0) return this.text(value);
    return `${this.text(value.slice(0, mark))}${idMark}${this.id(value.slice(mark + idMark.length))}`;
  }

  #isIdentification(value: string): boolean {
    return this.#whole.has(folded(value.trim()));
  }
}

/** A text without case. Lower case alone depends on the next letter, and keeps letters apart that are one in capitals. */
function folded(text: string): string {
  return text.toLowerCase().toUpperCase();
}

/** A longer text that is no record is hidden completely: records of a meter have at most 4062 bytes. */
const maxDamaged = 8_192;
/** A record has one. */
const maxIdentifications = 10;

/** A key with its value if that is a text or a number, or a text in an array. */
const literals = /("(?:[^"\\]|\\[^])*")(?:(\s*:\s*)("(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*|[^\s])?)?/g;

/**
 * Hides the identification (ID) in the text of a record, also where another text of the record repeats it, and then the
 * signature (SD), because it shows which of all possible identifications is the right one. The rest stays as it is.
 *
 * @param isReadable whether the text is a record; otherwise more than the identification may be hidden
 */
export function maskRecord(text: string, isReadable: boolean): MaskedText {
  if (!isReadable) return maskDamaged(text);
  // After a NUL, the register of a meter keeps parts of earlier records
  const end = text.search(/(?<=\})\s*\0/);
  const record = end < 0 ? text : text.slice(0, end);
  const found = identificationsIn(record);
  if (found === undefined) return hidden;
  const mask = new IdentificationMask(found);
  const isMasked = found.length > 0 || record !== text;
  const masked = record.replace(literals, (whole, first: string, colon = "", value = "") => {
    if (colon === "") return maskLiteral(first, "", mask);
    const key = textOf(first);
    if (found.length > 0 && key === "SD" && value !== "") return `${first}${colon}${JSON.stringify(maskText)}`;
    return isScalar(value) ? `${first}${colon}${maskLiteral(value, key, mask)}` : whole;
  });
  return { text: masked, identifications: found, isMasked };
}

const hidden: MaskedText = { text: maskText, identifications: [], isMasked: true };

/** The values of ID that are not empty; undefined: one of them is neither a text nor a number, or there are too many. */
function identificationsIn(record: string): string[] | undefined {
  const found: string[] = [];
  for (const [, first = "", colon, value = ""] of record.matchAll(literals)) {
    if (colon === undefined || textOf(first) !== "ID" || value === "n") continue;
    if (!isScalar(value) || found.length === maxIdentifications) return undefined;
    const data = textOf(value);
    if (data.trim() !== "") found.push(data);
  }
  return found;
}

function isScalar(value: string): boolean {
  return /^(?:"|-?\d)/.test(value);
}

function maskLiteral(literal: string, key: string, mask: IdentificationMask): string {
  const value = textOf(literal);
  if (key === "ID") return value.trim() === "" ? literal : JSON.stringify(maskText);
  if (structural.has(key)) return literal;
  const shown = key === tariff ? mask.tariff(value) : mask.text(value);
  return shown === value ? literal : JSON.stringify(shown);
}

/** The text of a JSON string; a number stays as it is written. */
function textOf(literal: string): string {
  if (!literal.startsWith('"')) return literal;
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal.slice(1, -1);
  }
}

/** ID and its value in a text that is no JSON: up to the next member, otherwise to the end. */
const damagedMember = /("ID"\s*:\s*)(?:([^]*?)(?=,\s*"TT"\s*:)|([^]*?)(?=,\s*"[A-Z]{2}"\s*:)|([^]*)$)/g;

/** The signature in a text that is no JSON. */
const damagedSignature = /("SD"\s*:\s*)(?:"[^"]*"?|[^,}\s]+)/g;

function maskDamaged(text: string): MaskedText {
  // Behind a NUL is the rest of an earlier record, which can begin in the middle of an identification
  const [record = ""] = text.split("\0", 1);
  // With an escape, a key could be ID or SD
  if (record.length > maxDamaged || /\\u00[45]/i.test(record)) return hidden;
  const found: string[] = [];
  const masked = record.replace(damagedMember, (whole, key: string, ...values: (string | undefined)[]) => {
    const data = values.slice(0, 3).find((value) => value !== undefined)?.replace(/^\s*"|"\s*$/g, "") ?? "";
    if (data.trim() === "") return whole;
    // Another text may repeat it without its escapes
    found.push(data, textOf(`"${data}"`));
    return `${key}"${maskText}"`;
  });
  const mask = new IdentificationMask(found);
  const isMasked = found.length > 0 || record !== text;
  const shown = mask.text(isMasked ? masked.replace(damagedSignature, `$1"${maskText}"`) : masked);
  return { text: shown, identifications: found, isMasked };
}
