import { parseRequest, type RequestFrame } from "../modbus/mod.ts";
import { kindOf } from "./protocol.ts";

const maxRequestBytes = 256;

/** Finds requests in a stream of bytes, with any splits and any bytes between requests. */
export class RequestReader {
  #pending = new Uint8Array();

  /** Adds received bytes and returns the completed requests. */
  push(bytes: Uint8Array): RequestFrame[] {
    const joined = new Uint8Array(this.#pending.length + bytes.length);
    joined.set(this.#pending);
    joined.set(bytes, this.#pending.length);
    const found: RequestFrame[] = [];
    let from = 0;
    for (let at = 0; at < joined.length;) {
      const parsed = parseRequest(joined.subarray(at));
      // After garbage, or within an incomplete request, any four bytes can look like an unknown function.
      if (parsed.kind === "request" && (at === from || kindOf(parsed.request) !== "other")) {
        found.push(parsed.request);
        at += parsed.request.length;
        from = at;
      } else {
        at++;
      }
    }
    this.#pending = joined.slice(Math.max(from, joined.length - maxRequestBytes));
    return found;
  }
}
