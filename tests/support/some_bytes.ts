import { seeded } from "../../src/simulator/random.ts";

/** Bytes without a pattern, the same for the same seed. */
export function someBytes(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  const numbers = seeded(seed);
  return Uint8Array.from({ length: count }, () => numbers.next().value * 256);
}
