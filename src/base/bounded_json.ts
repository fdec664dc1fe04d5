/** Values from files and from NATS have only a few levels of nesting. */
const maxDepth = 64;
/** One object has a few dozen members, or one member for each meter. */
const maxMembers = 10_000;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses JSON from outside. Limits the nesting and the number of members of an object: `JSON.parse` is slow with very
 * many names, and recursion through deep values exhausts the stack.
 *
 * @throws {SyntaxError} the text is not JSON or exceeds the limits
 */
export function parseBoundedJson(text: string): unknown {
  if (!isBounded(text)) {
    throw new SyntaxError(
      `Cannot parse JSON: it nests deeper than ${maxDepth} levels, or an object has more than ${maxMembers} members`,
    );
  }
  return JSON.parse(text);
}

/** Does not check whether the text is valid JSON. */
function isBounded(text: string): boolean {
  /** Number of members so far of each open object; undefined for an array. */
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

/** Index of the quote that ends the string that begins at `from`; the length of the text or more if there is none. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
