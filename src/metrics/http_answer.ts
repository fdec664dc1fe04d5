import { pageType } from "./page.ts";

/** Largest size of the request line with its headers. */
export const maxHeadBytes = 16_384;

/** The answer to a request with too many bytes. */
export const tooLong = answer(
  "431 Request Header Fields Too Large",
  `A request has at most ${maxHeadBytes} bytes\n`,
);

/**
 * The answer to a request.
 *
 * @param head the request line and the headers
 * @param page returns the page; undefined: it cannot be made
 */
export async function answerTo(head: string, page: () => Promise<string | undefined>): Promise<string> {
  const [, method = "", target = ""] = /^(\S+) (\S+) HTTP\/1\.[01]\r?(?:\n|$)/.exec(head) ?? [];
  if (method === "") return answer("400 Bad Request", "Not a request of HTTP 1\n");
  if (target.split("?")[0] !== "/metrics") return answer("404 Not Found", "The metrics are at /metrics\n");
  if (method !== "GET" && method !== "HEAD") {
    return answer("405 Method Not Allowed", "Only GET and HEAD are allowed\n", "text/plain", ["Allow: GET, HEAD"]);
  }
  const text = await page();
  if (text === undefined) return answer("500 Internal Server Error", "The values cannot be read; see the log\n");
  const whole = answer("200 OK", text, pageType);
  return method === "HEAD" ? whole.slice(0, whole.length - text.length) : whole;
}

function answer(status: string, body: string, type = "text/plain", headers: readonly string[] = []): string {
  const { length } = new TextEncoder().encode(body);
  const ends = [`Content-Length: ${length}`, "Connection: close"];
  return [`HTTP/1.1 ${status}`, `Content-Type: ${type}`, ...headers, ...ends, "", body].join("\r\n");
}
