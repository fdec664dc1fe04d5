const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
  return crc;
});

/** The Modbus RTU checksum of `bytes`; on the wire its low byte comes first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (let index = 0; index < bytes.length; index++) {
    crc = crc >> 8 ^ (table[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return crc;
}

/** `body` with its checksum behind it. */
export function withCrc(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(body.length + 2);
  const crc = crc16(body);
  frame.set(body);
  frame[body.length] = crc & 0xff;
  frame[body.length + 1] = crc >> 8;
  return frame;
}

/** Whether the last two bytes of `frame` are the checksum of those before them. */
export function crcMatches(frame: Uint8Array): boolean {
  // The checksum of a frame that includes its own checksum is 0.
  return frame.length > 2 && crc16(frame) === 0;
}
