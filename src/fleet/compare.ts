import { serialNumberIn } from "../base/meter_names.ts";
import type { HubRecord } from "./hub_records.ts";
import type { NodeJournal } from "./node_journals.ts";

type Entry = NodeJournal["entries"][number];

/** A delivered record that is missing at the hub. */
export interface MissingRecord {
  readonly entry: Entry;
  readonly instance: string;
  /** Time since its delivery, by the clock of the node. */
  readonly ageMs: number;
}

/** Missing numbers between two records of a meter. */
export interface PaginationGap {
  readonly meterId: string;
  readonly first: number;
  readonly last: number;
}

/** Differences between the journals of a site and its records at the hub. */
export interface Comparison {
  readonly missing: readonly MissingRecord[];
  /** Message ids with different records. */
  readonly unequal: readonly string[];
  readonly gaps: readonly PaginationGap[];
  /** Records in the journals. */
  readonly journal: number;
  /** Records at the hub, without copies. */
  readonly hub: number;
  /** Identical copies at the hub beyond the first of each record. */
  readonly copies: number;
  /** Records at the hub that no journal has. */
  readonly onlyAtHub: number;
}

/** Options of a comparison. */
export interface CompareOptions {
  /** Only records read from their meters at this time or later, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  /** How long the hub keeps a record; older records cannot be there. @default forever */
  readonly retentionMs?: number | undefined;
}

/**
 * Compares journals with the records at a hub. Two records are equal if their message id and the bytes of `ocmf` are
 * equal.
 */
export function compareRecords(
  journals: readonly NodeJournal[],
  hub: readonly HubRecord[],
  { sinceMs = -Infinity, retentionMs = Infinity }: CompareOptions = {},
): Comparison {
  const hashes = new Map<string, Set<string>>();
  for (const { messageId, sha256 } of hub) put(hashes, messageId, sha256);
  const missing: MissingRecord[] = [];
  const known = new Set<string>();
  for (const { instance, entries, clock } of journals) {
    for (const entry of entries) {
      known.add(entry.message_id);
      if (hashes.has(entry.message_id)) put(hashes, entry.message_id, entry.ocmf_sha256);
      else if (entry.delivered_at !== undefined) {
        const ageMs = clock.nodeMs - Date.parse(entry.delivered_at);
        if (ageMs < retentionMs) missing.push({ entry, instance, ageMs });
      }
    }
  }
  const compared = hub.filter(({ readAtMs }) => !(readAtMs < sinceMs));
  const ids = new Set(compared.map(({ messageId }) => messageId));
  return {
    missing,
    unequal: [...hashes].filter(([, different]) => different.size > 1).map(([messageId]) => messageId),
    gaps: gapsIn([...compared.map(numberOf), ...journals.flatMap(({ entries }) => entries.map(numberOfEntry))]),
    journal: known.size,
    hub: ids.size,
    copies: compared.length - ids.size,
    onlyAtHub: [...ids].filter((id) => !known.has(id)).length,
  };
}

function put<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

/** A record of a meter and its number. */
interface Numbered {
  readonly meterId: string;
  readonly number: number | undefined;
}

function numberOf({ meterId, pagination }: HubRecord): Numbered {
  return { meterId, number: pagination };
}

function numberOfEntry({ meter_id: meterId, pagination = "" }: Entry): Numbered {
  // Fiscal records have separate numbers
  const number = /^T(\d+)$/.exec(pagination)?.[1];
  return { meterId, number: number === undefined ? undefined : Number(number) };
}

function gapsIn(records: readonly Numbered[]): PaginationGap[] {
  const numbers = new Map<string, Set<number>>();
  for (const { meterId, number } of records) {
    if (number !== undefined && meterId !== "") put(numbers, serialNumberIn(meterId), number);
  }
  return [...numbers].flatMap(([meterId, known]) => {
    const sorted = [...known].sort((one, other) => one - other);
    return sorted.slice(1).flatMap((number, place) => {
      const before = sorted[place] ?? number;
      return number === before + 1 ? [] : [{ meterId, first: before + 1, last: number - 1 }];
    });
  });
}
