/** Bytes of a write-ahead log's header. */
const headerBytes = 32;

/** The only version of the format. */
const formatVersion = 3_007_000;

/**
 * Whether a file has the header of a write-ahead log. SQLite treats a file without such a header as empty and
 * overwrites it.
 *
 * @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
export function hasLogHeader(path: string): boolean {
  using file = Deno.openSync(path);
  const header = new Uint8Array(headerBytes);
  if (file.readSync(header) !== headerBytes) return false;
  const view = new DataView(header.buffer);
  const magic = view.getUint32(0);
  if ((magic & ~1) !== 0x377f0682 || view.getUint32(4) !== formatVersion) return false;
  const [first, second] = checksum(view, headerBytes - 8, (magic & 1) === 0);
  return first === view.getUint32(24) && second === view.getUint32(28);
}

function checksum(view: DataView, bytes: number, littleEndian: boolean): [number, number] {
  let [first, second] = [0, 0];
  for (let at = 0; at < bytes; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
}
