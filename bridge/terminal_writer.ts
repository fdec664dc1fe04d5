import type { Libc } from "./libc.ts";
import { systemTime } from "../src/base/time.ts";

/**
 * Writes all bytes to a descriptor opened with O_NONBLOCK. As a rule the system takes them at once; where its buffer
 * is full, the rest is tried again every millisecond.
 *
 * @param ended why writing makes no sense any more; absent while it does
 * @returns when all are taken; undefined when they are already
 * @throws what `ended` returns
 */
export function writeTerminal(
  libc: Libc,
  fd: number,
  bytes: Uint8Array,
  ended: () => Error | undefined,
): Promise<void> | undefined {
  const rest = writeSome(libc, fd, bytes, ended);
  return rest.length === 0 ? undefined : writeRest(libc, fd, rest, ended);
}

async function writeRest(libc: Libc, fd: number, bytes: Uint8Array, ended: () => Error | undefined): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) {
    await systemTime.sleep(1);
    rest = writeSome(libc, fd, rest, ended);
  }
}

function writeSome(libc: Libc, fd: number, bytes: Uint8Array, ended: () => Error | undefined): Uint8Array {
  const own = new Uint8Array(bytes);
  const written = libc.symbols.write(fd, own, BigInt(own.length));
  if (written > 0) return own.subarray(written);
  const error = ended();
  if (error !== undefined) throw error;
  return own;
}
