/** An element of an XML text. */
export interface XmlElement {
  /** Name without the namespace prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Character data directly inside, entities and CDATA resolved. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: OpenElement[];
  text: string;
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?[^>]*>|<(\/?)([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|[^<]+/gy;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Reads an XML text without validating it; documents define no entities of their own.
 * @throws {SyntaxError} when elements are not nested properly or something else is no XML.
 */
export function parseXml(text: string): XmlElement {
  const document: OpenElement = { name: "", attributes: new Map(), children: [], text: "" };
  const open = [document];
  const source = text.replace(/\r\n?/g, "\n").replace(/^\ufeff/, "");
  let end = 0;
  for (const part of source.matchAll(token)) {
    end = part.index + part[0].length;
    const [whole, cdata, slash, name, attributes = "", empty] = part;
    const parent = open.at(-1) ?? document;
    if (cdata !== undefined) parent.text += cdata;
    else if (name === undefined) parent.text += whole.startsWith("<") ? "" : resolveEntities(whole);
    else if (slash === "/") closeElement(open, localName(name));
    else {
      const element = { name: localName(name), attributes: parseAttributes(attributes), children: [], text: "" };
      parent.children.push(element);
      if (empty !== "/") open.push(element);
    }
  }
  const [root] = document.children;
  if (root === undefined || open.length > 1 || end < source.length) {
    throw new SyntaxError("Cannot read the XML: it is cut off or not well-formed");
  }
  return root;
}

/** All elements of a name, in the order of the text, the element itself included. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  const inner = element.children.flatMap((child) => elementsNamed(child, name));
  return element.name === name ? [element, ...inner] : inner;
}

function closeElement(open: OpenElement[], name: string): void {
  if (open.length < 2 || open.pop()?.name !== name) {
    throw new SyntaxError(`Cannot read the XML: </${name}> closes nothing`);
  }
}

function parseAttributes(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(attribute)].map((
      [, name = "", double, single],
    ) => [localName(name), resolveEntities(double ?? single ?? "")]),
  );
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function resolveEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith("#")) return named[entity] ?? whole;
    const hex = entity[1]?.toLowerCase() === "x";
    const code = parseInt(entity.slice(hex ? 2 : 1), hex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
