const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
  return crc;
});

/** The Modbus RTU checksum of `bytes` from `start` to `end`; its low byte is sent first. */
export function crc16(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = 0xffff;
  for (let index = start; index < end; index++) {
    crc = crc >> 8 ^ (table[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return crc;
}

/** `body` followed by its checksum. */
export function withCrc(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(body.length + 2);
  const crc = crc16(body);
  frame.set(body);
  frame[body.length] = crc & 0xff;
  frame[body.length + 1] = crc >> 8;
  return frame;
}

/** Whether the bytes from `start` to `end` end with the checksum of those before them. */
export function crcMatches(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
  // The checksum of a frame including its own checksum is 0
  return end - start > 2 && crc16(bytes, start, end) === 0;
}
