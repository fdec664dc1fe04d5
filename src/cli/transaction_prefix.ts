import type { JournalReader } from "../journal/mod.ts";

/** The most candidates that a message lists. */
export const maxCandidates = 20;

/**
 * The transaction ids in a journal that a user may mean: an exact id alone, otherwise all that begin with `id`.
 *
 * @param meter name of the meter. @default every meter
 */
export function matchingIds(journal: JournalReader, id: string, meter?: string): readonly string[] {
  if (id === "") return [];
  return meantIds(id, journal.transactionIds(id, { limit: maxCandidates + 1, meter }));
}

/** Of the ids that begin with `id`, those that a user may mean: an exact id alone. */
export function meantIds(id: string, ids: readonly string[]): readonly string[] {
  return ids.includes(id) ? [id] : ids;
}

/**
 * The message for several matching ids.
 *
 * @param what the things with these ids
 */
export function ambiguousText(id: string, candidates: readonly string[], what = "transactions"): string[] {
  const more = candidates.length > maxCandidates ? ["  and more"] : [];
  return [
    `Several ${what} begin with ${id}; nothing was done. Give more characters of one of these ids:`,
    ...candidates.slice(0, maxCandidates).map((candidate) => `  ${candidate}`),
    ...more,
  ];
}
