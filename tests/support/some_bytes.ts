import { seeded } from "../../src/simulator/random.ts";

/** Random bytes, equal for equal seeds. */
export function someBytes(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  const numbers = seeded(seed);
  return Uint8Array.from({ length: count }, () => numbers.next().value * 256);
}
