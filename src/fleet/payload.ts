import { parseBoundedJson } from "../base/bounded_json.ts";

/** What a message says as JSON; undefined where it is none. */
export function payloadOf(data: Uint8Array): unknown {
  try {
    return parseBoundedJson(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}

/** The members of a JSON object; none where it is something else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
