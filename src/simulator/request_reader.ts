import { parseRequest, type RequestFrame } from "../modbus/mod.ts";
import { kindOf } from "./protocol.ts";

const longestRequest = 256;

/** Finds requests in a stream of bytes, however they are split and whatever lies between them. */
export class RequestReader {
  #pending = new Uint8Array();

  /** Takes bytes off the line and gives the requests that are complete with them. */
  push(bytes: Uint8Array): RequestFrame[] {
    const joined = new Uint8Array(this.#pending.length + bytes.length);
    joined.set(this.#pending);
    joined.set(bytes, this.#pending.length);
    const found: RequestFrame[] = [];
    let from = 0;
    for (let at = 0; at < joined.length;) {
      const parsed = parseRequest(joined.subarray(at));
      // Behind garbage, or inside a request that is not complete yet, any four bytes may pass as an unknown function.
      if (parsed.kind === "request" && (at === from || kindOf(parsed.request) !== "other")) {
        found.push(parsed.request);
        at += parsed.request.length;
        from = at;
      } else {
        at++;
      }
    }
    this.#pending = joined.slice(Math.max(from, joined.length - longestRequest));
    return found;
  }
}
