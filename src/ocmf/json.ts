/** A JSON number with its original digits: their number is significant in a record. */
export class JsonNumber {
  constructor(readonly source: string) {}
}

/** Any JSON value. */
export type Json = null | boolean | string | JsonNumber | JsonArray | JsonObject;
/** The elements of a JSON array. */
export type JsonArray = readonly Json[];
/** The members of a JSON object; a duplicate key has its last value. */
export type JsonObject = ReadonlyMap<string, Json>;

/** A parsed text, and the duplicate keys in its objects. */
export interface JsonText {
  readonly value: Json;
  readonly duplicateKeys: readonly string[];
}

/** Maximum depth, so that no input can exhaust the stack. */
const maxDepth = 64;
/** Maximum number of values: a session with one reading per minute for a week has fewer. */
const maxValues = 100_000;

/**
 * Parses strict JSON. Unlike `JSON.parse`, it keeps the text of numbers and reports duplicate keys: readers could
 * interpret such a record differently.
 * @throws {SyntaxError} the text is not JSON
 */
export function parseJson(text: string): JsonText {
  const parser = new Parser(text);
  return { value: parser.parse(), duplicateKeys: [...parser.duplicateKeys] };
}

/** Whether a value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

/** Returns the text of a string or a number; undefined for other values. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  return value instanceof JsonNumber ? value.source : undefined;
}

class Parser {
  readonly duplicateKeys = new Set<string>();
  #at = 0;
  #values = 0;

  constructor(readonly text: string) {}

  parse(): Json {
    const value = this.#value(0);
    this.#skipBlanks();
    if (this.#at < this.text.length) throw this.#unexpected();
    return value;
  }

  #value(depth: number): Json {
    if (depth > maxDepth) throw new SyntaxError(`Cannot parse JSON: nested deeper than ${maxDepth} levels`);
    if (++this.#values > maxValues) throw new SyntaxError(`Cannot parse JSON: it has more than ${maxValues} values`);
    this.#skipBlanks();
    switch (this.text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, Json>();
    this.#at++;
    if (this.#skipMark("}")) return members;
    do {
      this.#skipBlanks();
      const key = this.#string();
      if (!this.#skipMark(":")) throw this.#unexpected();
      if (members.has(key)) this.duplicateKeys.add(key);
      members.set(key, this.#value(depth + 1));
    } while (this.#skipMark(","));
    if (!this.#skipMark("}")) throw this.#unexpected();
    return members;
  }

  #array(depth: number): JsonArray {
    const elements: Json[] = [];
    this.#at++;
    if (this.#skipMark("]")) return elements;
    do elements.push(this.#value(depth + 1)); while (this.#skipMark(","));
    if (!this.#skipMark("]")) throw this.#unexpected();
    return elements;
  }

  #string(): string {
    if (this.text[this.#at] !== '"') throw this.#unexpected();
    const start = this.#at;
    do {
      // A backslash escapes the next character
      this.#at += this.text[this.#at] === "\\" ? 2 : 1;
      if (this.#at >= this.text.length) throw this.#unexpected();
    } while (this.text[this.#at] !== '"');
    this.#at++;
    const text: unknown = JSON.parse(this.text.slice(start, this.#at));
    return String(text);
  }

  #word(): Json {
    const word = this.#match(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (word === "null") return null;
    if (word === "true" || word === "false") return word === "true";
    return new JsonNumber(word);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw this.#unexpected();
    this.#at += found.length;
    return found;
  }

  #skipMark(mark: string): boolean {
    this.#skipBlanks();
    if (this.text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    for (;; this.#at++) {
      const sign = this.text[this.#at];
      if (sign !== " " && sign !== "\n" && sign !== "\r" && sign !== "\t") return;
    }
  }

  #unexpected(): SyntaxError {
    const found = this.text[this.#at];
    const what = found === undefined ? "the text ends" : `unexpected ${JSON.stringify(found)}`;
    return new SyntaxError(`Cannot parse JSON: ${what} at position ${this.#at}`);
  }
}
