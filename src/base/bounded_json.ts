/** Levels of nesting in what we read from files and from NATS: a few. */
const maxDepth = 64;
/** Members of one object: a few dozen, or as many as a process has meters. */
const maxMembers = 10_000;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses JSON that others wrote. Nesting and the number of an object's members have bounds: `JSON.parse` takes long over
 * very many names, and whoever walks through deep values runs out of stack.
 *
 * @throws {SyntaxError} it is no JSON, or beyond the bounds
 */
export function parseBoundedJson(text: string): unknown {
  if (!isBounded(text)) {
    throw new SyntaxError(
      `Cannot parse JSON: it nests deeper than ${maxDepth} levels, or an object has more than ${maxMembers} members`,
    );
  }
  return JSON.parse(text);
}

/** Whether the text is JSON at all is not looked at. */
function isBounded(text: string): boolean {
  /** Members so far of each open object; of an array nothing is counted. */
  const open: (number | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        if (open.length === maxDepth) return false;
        open.push(text.charCodeAt(at) === 0x7b ? 0 : undefined);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x3a: { // :
        const members = open.pop();
        if (members === maxMembers) return false;
        open.push(members === undefined ? undefined : members + 1);
      }
    }
  }
  return true;
}

/** Index of the quote that ends the string which begins at `from`; behind the text where there is none. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
