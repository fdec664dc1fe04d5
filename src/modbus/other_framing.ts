import { scanAnswer } from "./answer_scanner.ts";

/** A way to put Modbus on a stream. */
export type FramingName = "rtu" | "modbus-tcp";

/** Transaction id, protocol and length, each two bytes. */
const headBytes = 6;
/** A unit, a function and one byte more. */
const shortestBody = 3;

/** Whether bytes begin with a whole Modbus TCP frame; no answer of Modbus RTU looks like one. */
export function beginsWithMbap(bytes: Uint8Array): boolean {
  const [, , protocolHigh, protocolLow, lengthHigh = 0, lengthLow = 0] = bytes;
  const length = lengthHigh << 8 | lengthLow;
  return protocolHigh === 0 && protocolLow === 0 && length >= shortestBody && bytes.length >= headBytes + length;
}

/** Whether bytes hold a whole RTU frame of any unit, with its checksum. */
export function holdsRtuFrame(bytes: Uint8Array): boolean {
  return scanAnswer(bytes, undefined).kind === "foreign";
}

/** What came, in words, where it is in this framing and not in the configured one. */
export function otherFramingText(came: FramingName): string {
  return came === "rtu" ? "an RTU frame in place of Modbus TCP" : "a Modbus TCP frame in place of RTU";
}
