import type { JournalReader } from "../journal/mod.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";
import { ambiguousText, matchingIds, maxCandidates, meantIds } from "./transaction_prefix.ts";

/**
 * The message ids of the records that a user means: by a message id or a transaction id, or by a unique beginning of one.
 * An unknown id stays as it is.
 *
 * @returns undefined: an id is ambiguous, and standard error has the candidates
 */
export function meantMessages(
  journal: JournalReader,
  ids: readonly string[],
  io: Pick<Io, "err">,
): readonly string[] | undefined {
  const found = ids.map((id) => ({ id, ...matching(journal, id) }));
  const ambiguous = found.filter(({ candidates }) => candidates.length > 1);
  for (const { id, candidates } of ambiguous) io.err(lines(...ambiguousText(id, candidates, "ids")));
  if (ambiguous.length > 0) return undefined;
  return [...new Set(found.flatMap(({ id, messageIds }) => messageIds.length > 0 ? messageIds : [id]))];
}

interface Matching {
  /** Message ids and transaction ids. */
  readonly candidates: readonly string[];
  /** The messages of a single candidate. */
  readonly messageIds: readonly string[];
}

function matching(journal: JournalReader, id: string): Matching {
  const messageIds = id === "" ? [] : meantIds(id, journal.messageIds(id, maxCandidates + 1));
  if (messageIds.includes(id)) return { candidates: messageIds, messageIds };
  const transactionIds = matchingIds(journal, id);
  const candidates = transactionIds.includes(id) ? transactionIds : [...messageIds, ...transactionIds];
  const [transactionId] = transactionIds;
  return transactionId === undefined || transactionId !== candidates[0]
    ? { candidates, messageIds }
    : { candidates, messageIds: journal.records({ transactionId }).map(({ messageId }) => messageId) };
}
