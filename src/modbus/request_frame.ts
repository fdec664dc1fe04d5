import { crcMatches } from "./crc16.ts";

/** The most registers of one request. */
export const maxRequestWords = { read: 125, write: 123 } as const;

/** A request that a meter has received. */
export interface RequestFrame {
  readonly unit: number;
  readonly function: number;
  /** Zero-based wire address of the first register. */
  readonly address: number;
  /** Number of registers to read or write. */
  readonly count: number;
  /** The values to write, two bytes per register; empty in a read. */
  readonly data: Uint8Array;
  /** Length of the frame in bytes, including the checksum. */
  readonly length: number;
}

/** Result of parsing the received bytes. */
export type ParsedRequest =
  | { readonly kind: "request"; readonly request: RequestFrame }
  /** The start of a request, or no bytes yet. */
  | { readonly kind: "more" }
  /** Not a request: drop the bytes and wait for silence. */
  | { readonly kind: "garbage" };

const fixedLengths: Readonly<Record<number, number>> = { 1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8 };
const writeHeadBytes = 7;

/**
 * Parses the request at the start of `bytes`. The function determines the length. A frame with an unknown function is
 * accepted as soon as its checksum is valid, so that it can be answered with exception 1.
 */
export function parseRequest(bytes: Uint8Array): ParsedRequest {
  const length = requestLength(bytes);
  if (length === undefined || bytes.length < length) return { kind: "more" };
  const frame = bytes.slice(0, length);
  if (!crcMatches(frame)) return knownFunction(bytes) ? { kind: "garbage" } : { kind: "more" };
  const view = new DataView(frame.buffer);
  const writes = frame[1] === 16;
  const request: RequestFrame = {
    unit: view.getUint8(0),
    function: view.getUint8(1),
    address: length >= 8 ? view.getUint16(2) : 0,
    count: length >= 8 ? view.getUint16(4) : 0,
    data: writes ? frame.subarray(writeHeadBytes, length - 2) : new Uint8Array(0),
    length,
  };
  return { kind: "request", request };
}

function knownFunction(bytes: Uint8Array): boolean {
  return bytes[1] === 16 || fixedLengths[bytes[1] ?? 0] !== undefined;
}

function requestLength(bytes: Uint8Array): number | undefined {
  const [, code, , , , , dataBytes] = bytes;
  if (code === undefined) return undefined;
  if (code === 16) return dataBytes === undefined ? undefined : writeHeadBytes + dataBytes + 2;
  return fixedLengths[code] ?? (bytes.length < 4 ? undefined : bytes.length);
}
