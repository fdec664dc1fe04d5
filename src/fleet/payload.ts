import { parseBoundedJson } from "../base/bounded_json.ts";

/** Parses a message as JSON; undefined if it is not JSON. */
export function payloadOf(data: Uint8Array): unknown {
  try {
    return parseBoundedJson(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}

/** The members of a JSON object; empty for other values. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
