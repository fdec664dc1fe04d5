import { closeQuietly, writeAll } from "../base/served_connections.ts";
import type { Time } from "../base/time.ts";
import { answerTo, maxHeadBytes, tooLong } from "./http_answer.ts";

/** How long a client may take to send its request, and to take the page. */
const clientMs = 5_000;

/**
 * Answers one request of a client. Never rejects.
 *
 * @param page returns the page; undefined: it cannot be made
 */
export async function serveClient(
  connection: Deno.Conn,
  page: () => Promise<string | undefined>,
  time: Pick<Time, "sleep">,
): Promise<void> {
  const timer = new AbortController();
  // Closing the connection ends a read or a write that waits
  void time.sleep(clientMs, timer.signal).then(() => closeQuietly(connection));
  try {
    const head = await readHead(connection);
    if (head === undefined) return;
    const answer = typeof head === "string" ? await answerTo(head, page) : tooLong;
    await writeAll(connection, new TextEncoder().encode(answer));
    await connection.closeWrite();
    // Closing with unread bytes would make the system discard the answer
    await connection.read(new Uint8Array(1_024));
  } catch {
    // The client has gone, or was too slow
  } finally {
    timer.abort();
  }
}

/** Bytes of the end of a head, without the last one: `\r\n\r`. */
const endBytes = 3;

/** The head of a request; `tooLong`: it has too many bytes; undefined: the client has gone. */
async function readHead(connection: Deno.Conn): Promise<string | { readonly tooLong: true } | undefined> {
  const decoder = new TextDecoder("latin1");
  const bytes = new Uint8Array(maxHeadBytes);
  let length = 0;
  while (length < bytes.length) {
    const from = Math.max(0, length - endBytes);
    const count = await connection.read(bytes.subarray(length));
    if (count === null) return undefined;
    length += count;
    // Only the new bytes: a client that sends each byte alone must not cost more than another one
    const end = /\n\r?\n/.exec(decoder.decode(bytes.subarray(from, length)));
    if (end !== null) return decoder.decode(bytes.subarray(0, from + end.index));
  }
  return { tooLong: true };
}
