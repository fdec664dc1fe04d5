/** The two signed-and-signing sections of a record, as views on its bytes. */
export interface RecordSections {
  /** All bytes between the first two separators, blanks included: exactly what is signed. */
  readonly payload: Uint8Array;
  /** The JSON object with the signature. */
  readonly signature: Uint8Array;
}

const header = new TextEncoder().encode("OCMF|");
const separator = 0x7c;
const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Splits `OCMF|{payload}|{signature}`. Works on bytes and follows the JSON: a text inside may hold the separator.
 * Around the record blanks, NULs and a byte order mark are tolerated; behind a NUL anything may follow, as the text
 * field of a meter keeps old characters there.
 * @throws {SyntaxError} when the bytes are not divided so.
 */
export function splitRecord(record: Uint8Array): RecordSections {
  const start = skip(record, 0, isPadding);
  if (!isHeaded(record, start)) {
    throw new SyntaxError('Cannot find an OCMF record: the text does not begin with "OCMF|"');
  }
  const payloadStart = start + header.length;
  const payloadEnd = skip(record, endOfObject(record, payloadStart, "payload"), isBlank);
  if (record[payloadEnd] !== separator) {
    throw new SyntaxError('Cannot split the OCMF record: no "|" behind the payload');
  }
  const signatureEnd = endOfObject(record, payloadEnd + 1, "signature");
  const rest = skip(record, signatureEnd, isBlank);
  if (rest < record.length && record[rest] !== 0) {
    throw new SyntaxError("Cannot split the OCMF record: something follows the signature section");
  }
  return {
    payload: record.subarray(payloadStart, payloadEnd),
    signature: record.subarray(payloadEnd + 1, signatureEnd),
  };
}

/** Whether a record may begin at `start`, which is behind any padding unless it is given. */
export function isHeaded(record: Uint8Array, start: number = skip(record, 0, isPadding)): boolean {
  return header.every((byte, index) => record[start + index] === byte);
}

/** Index behind the brace that closes the object which starts at `from` or behind blanks there. */
function endOfObject(bytes: Uint8Array, from: number, section: string): number {
  let at = skip(bytes, from, isBlank);
  if (bytes[at] !== openBrace) {
    throw new SyntaxError(`Cannot split the OCMF record: the ${section} section is not a JSON object`);
  }
  let depth = 0;
  let quoted = false;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === backslash) at++;
      else if (byte === quote) quoted = false;
    } else if (byte === quote) quoted = true;
    else if (byte === openBrace) depth++;
    else if (byte === closeBrace && --depth === 0) return at + 1;
  }
  throw new SyntaxError(`Cannot split the OCMF record: the ${section} section does not end`);
}

function skip(bytes: Uint8Array, from: number, passes: (byte: number) => boolean): number {
  let at = from;
  for (let byte = bytes[at]; byte !== undefined && passes(byte); byte = bytes[at]) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function isPadding(byte: number): boolean {
  return isBlank(byte) || byte === 0 || byte === 0xef || byte === 0xbb || byte === 0xbf;
}
