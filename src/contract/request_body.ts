import { TransactionError } from "../transaction/mod.ts";
import { kindOf } from "./parse_request.ts";

/** Maximum size of a request in bytes; a valid one has less than 2 KiB. */
const maxBytes = 65_536;

/**
 * The JSON object of a request; an empty payload is an empty object.
 *
 * @throws {TransactionError} `INVALID_REQUEST`: too long, not UTF-8, not JSON, or not an object
 */
export function requestBody(data: Uint8Array): object {
  if (data.length === 0) return {};
  if (data.length > maxBytes) throw invalid(`the payload has ${data.length} bytes, at most ${maxBytes} are allowed`);
  const body = parse(decode(data));
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid(`the payload must be a JSON object, found ${kindOf(body)}`);
  }
  return body;
}

function decode(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch (error) {
    throw invalid("the payload is not UTF-8", error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid("the payload is not JSON", error);
  }
}

function invalid(problem: string, cause?: unknown): TransactionError {
  return new TransactionError("INVALID_REQUEST", `Invalid request: ${problem}`, { cause });
}
