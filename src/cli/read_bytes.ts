/** The maximum input of a command: a longer text does not fit in a string. */
const maxBytes = 500_000_000;

/** Reads all bytes of a stream. @throws {RangeError} there are too many; also errors of the operating system */
export async function readBytes(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number = maxBytes,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > limitBytes) throw new RangeError(`it has more than ${limitBytes / 1_000_000} MB; split it`);
    parts.push(part);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Reads all bytes of a file; see {@linkcode readBytes}. */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  const { readable } = await Deno.open(path);
  return await readBytes(readable);
}
