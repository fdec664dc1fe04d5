import { writeAll } from "../base/served_connections.ts";

/** A connection whose other side sends more than the limit. */
export class TooLongError extends Error {
  override readonly name = "TooLongError";
}

const newline = 0x0a;

/**
 * Reads one line. The end of the stream also ends the line.
 *
 * @returns the text without the line break; undefined: the other side sends nothing and closes
 * @throws {TooLongError} the line has more than `maxBytes`
 */
export async function readLine(conn: Pick<Deno.Conn, "read">, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (true) {
    const buffer = new Uint8Array(Math.min(maxBytes + 1, bufferBytes));
    const count = await conn.read(buffer);
    if (count === null) break;
    const end = buffer.subarray(0, count).indexOf(newline);
    chunks.push(buffer.subarray(0, end < 0 ? count : end));
    length += end < 0 ? count : end;
    if (length > maxBytes) throw new TooLongError(`The line has more than ${maxBytes} bytes`);
    if (end >= 0) return decoded(chunks, length);
  }
  return length === 0 ? undefined : decoded(chunks, length);
}

const bufferBytes = 65_536;

function decoded(chunks: readonly Uint8Array[], length: number): string {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(all);
}

/** Writes a value as one line of JSON. */
export async function writeLine(conn: Pick<Deno.Conn, "write">, value: object): Promise<void> {
  await writeAll(conn, new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}
