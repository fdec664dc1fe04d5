import { parseBoundedJson } from "../base/bounded_json.ts";
import { fromBase64 } from "./text_bytes.ts";

/** A record in a message of OCPP. */
export interface OcppInput {
  /** The id of the transaction in the message; the record can have another one. */
  readonly id?: string | number;
  readonly ocmf: Uint8Array;
  /** The key in the message. */
  readonly publicKey?: string;
  /** Records of one group may contain begin and end of one session. */
  readonly group?: string;
}

/** Type of the frame of a request. */
const call = 2;
/** Members of messages of OCPP 1.6, 2.0.1 and 2.1 that lead to signed values. */
const containers = ["meterValue", "transactionData", "sampledValue", "signedMeterValue"];
/** From a message to its signed value: meter value, sampled value, signed value. */
const maxDepth = 3;

/**
 * Finds the records in a message of OCPP, a part of it, or the frame around it. Empty if there are none. Equal records
 * are returned once: some stations send the record both as begin and as end.
 */
export function recordsInOcpp(value: unknown): OcppInput[] {
  const message = Array.isArray(value) && value[0] === call ? value[3] : value;
  if (!isObject(message)) return [];
  const found = [...signedValues(message, maxDepth)];
  const unique = [...new Map(found.map((signed) => [signed["signedMeterData"], signed])).values()];
  const { transactionId: id16 } = message;
  const id = isObject(message["transactionInfo"]) ? message["transactionInfo"]["transactionId"] : id16;
  const name = typeof id === "string" || typeof id === "number" ? { id } : {};
  // Begin and end may be signed separately
  const group = unique.length > 1 ? { group: String(id ?? "OCPP") } : {};
  return unique.map(({ signedMeterData, publicKey }) => ({
    ocmf: recordOf(String(signedMeterData)),
    ...name,
    ...group,
    ...(typeof publicKey === "string" && publicKey !== "" && { publicKey }),
  }));
}

function* signedValues(value: Record<string, unknown>, depth: number): Generator<Record<string, unknown>> {
  if (typeof value["signedMeterData"] === "string") yield value;
  if (depth === 0) return;
  const text = value["format"] === "SignedData" ? value["value"] : undefined;
  const inner = [typeof text === "string" ? parse(text) : undefined, ...containers.flatMap((name) => value[name])];
  for (const each of inner) if (isObject(each)) yield* signedValues(each, depth - 1);
}

/** The text in the value of OCPP 1.6; some stations send the record itself. */
function parse(text: string): unknown {
  if (text.startsWith("OCMF|")) return { signedMeterData: text };
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}

/** Some stations send the text in place of its base64. */
function recordOf(data: string): Uint8Array {
  const bytes = data.startsWith("OCMF|") ? undefined : fromBase64(data);
  return bytes ?? new TextEncoder().encode(data);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
