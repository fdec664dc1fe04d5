/** The two sections of a record, as views of its bytes. */
export interface RecordSections {
  /** All bytes between the first two separators, including whitespace: exactly the signed bytes. */
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
 * Splits `OCMF|{payload}|{signature}`. Works on bytes and follows the JSON: a string may contain the separator. Accepts
 * whitespace, NULs and a byte order mark around the record, and any bytes after a NUL, because the register of a meter
 * keeps old characters there.
 * @throws {SyntaxError} the bytes do not have this form
 */
export function splitRecord(record: Uint8Array): RecordSections {
  const start = skip(record, 0, isPadding);
  if (!isHeaded(record, start)) {
    throw new SyntaxError('Not an OCMF record: the text does not start with "OCMF|"');
  }
  const payloadStart = start + header.length;
  const payloadEnd = skip(record, endOfObject(record, payloadStart, "payload"), isBlank);
  if (record[payloadEnd] !== separator) {
    throw new SyntaxError('Cannot split the OCMF record: no "|" after the payload');
  }
  const signatureEnd = endOfObject(record, payloadEnd + 1, "signature");
  const rest = skip(record, signatureEnd, isBlank);
  if (rest < record.length && record[rest] !== 0) {
    throw new SyntaxError("Cannot split the OCMF record: there is text after the signature section");
  }
  return {
    payload: record.subarray(payloadStart, payloadEnd),
    signature: record.subarray(payloadEnd + 1, signatureEnd),
  };
}

/** Whether a record starts at `start`. @default after any padding */
export function isHeaded(record: Uint8Array, start: number = skip(record, 0, isPadding)): boolean {
  return header.every((byte, index) => record[start + index] === byte);
}

/** Returns the index after the closing brace of the object at `from` or after whitespace there. */
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
