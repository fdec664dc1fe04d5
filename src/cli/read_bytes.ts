/** What a command reads at most; a text of more cannot be held. */
const mostBytes = 500_000_000;

/** All bytes of a stream. @throws {RangeError} there are too many; the system's own errors */
export async function readBytes(stream: ReadableStream<Uint8Array>, most: number = mostBytes): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > most) throw new RangeError(`it has more than ${most / 1_000_000} MB; split it`);
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

/** All bytes of a file; see {@linkcode readBytes}. */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  const { readable } = await Deno.open(path);
  return await readBytes(readable);
}
