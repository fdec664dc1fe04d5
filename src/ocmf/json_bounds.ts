/** Levels of nesting in the files that we read: a few. */
const maxDepth = 64;
/** Members of one object in them: a few dozen. */
const maxMembers = 1000;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Whether a text nests no deeper, and no object in it has more members, than a file of records has. `JSON.parse` takes
 * long over objects with very many names. Whether the text is JSON at all is not looked at.
 */
export function isBoundedJson(text: string): boolean {
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
