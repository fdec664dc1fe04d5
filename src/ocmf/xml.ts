/** An element of an XML text. */
export interface XmlElement {
  /** Name without the namespace prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The selected direct children. */
  readonly children: readonly XmlElement[];
  /** Direct character data, with entities and CDATA resolved. */
  readonly text: string;
}

/** Selects the elements to keep; all others are skipped to save memory. */
export interface XmlSelection {
  /** Name of the result elements. */
  readonly element: string;
  /** Names of direct children to keep. */
  readonly children: readonly string[];
}

interface CapturedElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  children: CapturedElement[];
  text: string;
}

/** An element that is not closed yet. */
interface OpenElement {
  readonly name: string;
  readonly captured: CapturedElement | undefined;
}

/** Maximum depth: no file for the transparency software is nearly as deep. */
const maxDepth = 64;
const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const noAttributes: ReadonlyMap<string, string> = new Map();
const noChildren: CapturedElement[] = [];

/**
 * Finds elements in an XML text, in order of their start, without validating it. Runs in linear time for any text.
 * Custom entities are not supported.
 *
 * @throws {SyntaxError} elements are not nested correctly or are nested too deep, or the text is not XML
 */
export function findElements(text: string, selection: XmlSelection): XmlElement[] {
  return new Scanner(text.replace(/\r\n?/g, "\n").replace(/^\ufeff/, ""), selection).scan();
}

class Scanner {
  readonly #source: string;
  readonly #selection: XmlSelection;
  readonly #found: CapturedElement[] = [];
  readonly #open: OpenElement[] = [];
  readonly #blanks = /\s*/y;
  readonly #elementName = /[^\s/<>]+/y;
  readonly #attributeName = /[^\s=/>"']+/y;
  #at = 0;

  constructor(source: string, selection: XmlSelection) {
    this.#source = source;
    this.#selection = selection;
  }

  scan(): XmlElement[] {
    const source = this.#source;
    let isEmpty = true;
    while (this.#at < source.length) {
      const mark = source.indexOf("<", this.#at);
      const end = mark < 0 ? source.length : mark;
      if (end > this.#at) this.#takeText(() => resolveEntities(source.slice(this.#at, end)));
      this.#at = end;
      if (end === source.length) break;
      if (source.startsWith("<!--", end)) this.#skipPast("-->", 4);
      else if (source.startsWith("<![CDATA[", end)) this.#takeCdata();
      else if (source.startsWith("<?", end)) this.#skipPast("?>", 2);
      else if (source.startsWith("<!DOCTYPE", end)) this.#skipDoctype();
      else if (source.startsWith("</", end)) this.#closeElement();
      else {
        this.#openElement();
        isEmpty = false;
      }
    }
    if (isEmpty || this.#open.length > 0) throw cutOff();
    return this.#found;
  }

  #takeText(text: () => string): void {
    const captured = this.#open.at(-1)?.captured;
    if (captured !== undefined) captured.text += text();
  }

  #takeCdata(): void {
    const start = this.#at + "<![CDATA[".length;
    this.#skipPast("]]>", start - this.#at);
    this.#takeText(() => this.#source.slice(start, this.#at - "]]>".length));
  }

  #skipDoctype(): void {
    const { index } = this.#match(/[[>]/g);
    this.#at = index;
    if (this.#source[index] === "[") this.#skipPast("]", 1);
    this.#skipPast(">", 0);
  }

  #closeElement(): void {
    this.#at += 2;
    const name = localName(this.#name());
    this.#skipPast(">", 0);
    if (this.#open.pop()?.name !== name) throw new SyntaxError(`Cannot read the XML: </${name}> has no start tag`);
  }

  #openElement(): void {
    this.#at++;
    const name = localName(this.#name());
    const parent = this.#open.at(-1)?.captured;
    const isFound = name === this.#selection.element;
    const isChild = parent?.name === this.#selection.element && this.#selection.children.includes(name);
    const attributes = isFound || isChild ? new Map<string, string>() : undefined;
    const isClosed = this.#skipAttributes(attributes);
    const captured = attributes === undefined ? undefined : {
      name,
      attributes: attributes.size === 0 ? noAttributes : attributes,
      children: noChildren,
      text: "",
    };
    if (captured !== undefined && isFound) this.#found.push(captured);
    if (captured !== undefined && isChild && parent !== undefined) {
      if (parent.children === noChildren) parent.children = [];
      parent.children.push(captured);
    }
    if (isClosed) return;
    if (this.#open.length === maxDepth) {
      throw new SyntaxError(`Cannot read the XML: elements are nested deeper than ${maxDepth} levels`);
    }
    this.#open.push({ name, captured });
  }

  /**
   * Skips to the end of a tag.
   *
   * @param into receives the attributes with a value
   * @returns whether the element ends with its tag
   */
  #skipAttributes(into: Map<string, string> | undefined): boolean {
    for (;;) {
      this.#match(this.#blanks);
      const sign = this.#source[this.#at];
      if (sign === undefined) throw cutOff();
      if (sign === ">") {
        this.#at++;
        return false;
      }
      if (this.#source.startsWith("/>", this.#at)) {
        this.#at += 2;
        return true;
      }
      if (sign === '"' || sign === "'") this.#quoted(sign);
      else if (sign === "/" || sign === "=") this.#at++;
      else this.#attribute(into);
    }
  }

  #attribute(into: Map<string, string> | undefined): void {
    const [name] = this.#match(this.#attributeName);
    this.#match(this.#blanks);
    if (this.#source[this.#at] !== "=") return;
    this.#at++;
    this.#match(this.#blanks);
    const sign = this.#source[this.#at];
    if (sign !== '"' && sign !== "'") return;
    const value = this.#quoted(sign);
    into?.set(localName(name), resolveEntities(value));
  }

  #quoted(sign: string): string {
    const start = this.#at + 1;
    this.#skipPast(sign, 1);
    return this.#source.slice(start, this.#at - 1);
  }

  #name(): string {
    return this.#match(this.#elementName)[0];
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) throw cutOff();
    this.#at = pattern.lastIndex;
    return found;
  }

  /** Skips past the next `mark` that starts at least `ahead` characters from here. */
  #skipPast(mark: string, ahead: number): void {
    const index = this.#source.indexOf(mark, this.#at + ahead);
    if (index < 0) throw cutOff();
    this.#at = index + mark.length;
  }
}

function cutOff(): SyntaxError {
  return new SyntaxError("Cannot read the XML: it is cut off or not well-formed");
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function resolveEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w{1,8});/gi, (whole, entity: string) => {
    if (!entity.startsWith("#")) return named[entity] ?? whole;
    const hex = entity[1]?.toLowerCase() === "x";
    const code = parseInt(entity.slice(hex ? 2 : 1), hex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
