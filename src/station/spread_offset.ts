/** The fraction of the golden ratio: its multiples are spread evenly over 0 to 1. */
const golden = 0.618033988749895;

/**
 * When something that each meter does once in a period is done: a part of the period from 0 to below 1. It is always the
 * same for a name, and far apart for names that are alike, on any line.
 */
export function spreadOffset(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) >>> 0;
  return (hash * golden) % 1;
}
