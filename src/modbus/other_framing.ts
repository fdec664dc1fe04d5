import { scanAnswer } from "./answer_scanner.ts";

/** Name of a framing. */
export type FramingName = "rtu" | "modbus-tcp";

/** Transaction id, protocol and length, each two bytes. */
const headBytes = 6;
/** A unit, a function and one more byte. */
const shortestBody = 3;

/** Whether bytes begin with a complete Modbus TCP frame; no Modbus RTU answer looks like one. */
export function beginsWithMbap(bytes: Uint8Array): boolean {
  const [, , protocolHigh, protocolLow, lengthHigh = 0, lengthLow = 0] = bytes;
  const length = lengthHigh << 8 | lengthLow;
  return protocolHigh === 0 && protocolLow === 0 && length >= shortestBody && bytes.length >= headBytes + length;
}

/** Whether bytes contain a complete RTU frame of any unit, with its checksum. */
export function holdsRtuFrame(bytes: Uint8Array): boolean {
  return scanAnswer(bytes, undefined).kind === "foreign";
}

/** The text for a frame in this framing instead of the configured one. */
export function otherFramingText(came: FramingName): string {
  return came === "rtu" ? "an RTU frame instead of Modbus TCP" : "a Modbus TCP frame instead of RTU";
}
