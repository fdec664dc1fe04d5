/** One element of a DER structure: its tag and a view of its content. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The bytes after the element. */
  readonly rest: Uint8Array;
}

export const derTag = { integer: 0x02, bitString: 0x03, objectIdentifier: 0x06, sequence: 0x30 } as const;

/**
 * Reads the element at the start of the bytes. Accepts lengths of up to two octets in short or long form, also the long
 * form for short lengths.
 */
export function readDer(bytes: Uint8Array): DerElement | undefined {
  const [tag, first, second, third] = bytes;
  if (tag === undefined || first === undefined) return undefined;
  let length = first;
  let start = 2;
  if (first === 0x81 && second !== undefined) {
    length = second;
    start = 3;
  } else if (first === 0x82 && second !== undefined && third !== undefined) {
    length = second * 256 + third;
    start = 4;
  } else if (first >= 0x80) return undefined;
  const end = start + length;
  if (end > bytes.length) return undefined;
  return { tag, content: bytes.subarray(start, end), rest: bytes.subarray(end) };
}

/** Writes an element with its tag and the shortest length; content of up to 255 bytes. */
export function writeDer(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  if (length > 0xff) throw new RangeError(`Cannot write a DER element of ${length} bytes: the maximum is 255`);
  const head = length < 0x80 ? [tag, length] : [tag, 0x81, length];
  return Uint8Array.from([...head, ...content.flatMap((part) => [...part])]);
}
