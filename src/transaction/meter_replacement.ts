import { errorText } from "../base/log.ts";
import type { MeterPlace } from "../journal/mod.ts";
import { type Identity, MeterError } from "../meter/mod.ts";
import { isSameKey } from "../ocmf/mod.ts";
import type { Context } from "./context.ts";
import type { MeterTransactionsOptions } from "./meter_transactions_options.ts";
import { isOpen } from "./state_machine.ts";

/** Number of the last transactions that are searched for lost ones. */
const maxTransactionsSearched = 100;

/**
 * Checks whether the meter was replaced or its key has changed. Call it within `exclusive`, before any other step. The
 * open transaction of a replaced meter ends without a record.
 *
 * @throws {JournalError} the journal cannot be read
 */
export async function checkMeterIdentity(context: Context): Promise<void> {
  const { meter, journal, tracker, time, log } = context;
  const { identity } = meter;
  if (identity === undefined) return;
  const { meterId } = identity;
  const place = journal.place(meter.name);
  const isReplaced = place !== undefined && !isSameMeter(place.meterId, meterId);
  if (isLost(context, meterId, isReplaced)) await tracker.apply({ kind: "replaced" });
  reportReplacement(context, meterId, isReplaced ? { meterId: place.meterId, atMs: time.now() } : place?.replaced);
  reportKeyChange(context, identity);
  if (place !== undefined && !isReplaced) return;
  try {
    await tracker.write(() => journal.storePlace(meter.name, meterId, time.now()));
  } catch (error) {
    log.error(errorText(error), { meter: meter.name });
  }
}

/** Raises the fault for an unacknowledged replacement, or clears it. */
export function reportReplacement(
  { meter, journal }: Pick<MeterTransactionsOptions, "meter" | "journal">,
  meterId: string,
  replaced: MeterPlace["replaced"],
): void {
  if (replaced === undefined) return meter.faults.clear("MeterExchanged");
  const lost = journal.transactions({ meter: meter.name, limit: maxTransactionsSearched }).filter((transaction) =>
    transaction.meterId === replaced.meterId && transaction.reason === "meter_exchanged"
  ).map(({ transactionId }) => transactionId);
  const loss = lost.length === 0
    ? ""
    : `; open transactions without a record: ${lost.join(", ")}: connect ${replaced.meterId} here to fetch it`;
  meter.faults.raise(
    "MeterExchanged",
    `Meter ${replaced.meterId} was replaced by ${meterId}${loss}; if this is intended: ` +
      `wattseal acknowledge ${meter.name} MeterExchanged`,
    replaced.atMs,
  );
}

/** The key of the first record is the known key; another key is pinned only by an acknowledgement. */
function reportKeyChange({ meter, journal }: Context, { meterId, billing }: Identity): void {
  const { firstKey } = journal.memory(meterId);
  if (!billing.able || firstKey === undefined || isSameKey(firstKey, billing.publicKeyPoint)) {
    return meter.faults.clear("PublicKeyChanged");
  }
  meter.faults.raise(
    "PublicKeyChanged",
    `Meter ${meterId} has another public key than with its first record; if this is intended: ` +
      `wattseal acknowledge ${meter.name} PublicKeyChanged`,
  );
}

/** Whether the open transaction was begun on another meter than the one that answers. */
function isLost({ tracker, journal, meter }: Context, meterId: string, isReplaced: boolean): boolean {
  const { state } = tracker;
  if (!isOpen(state)) return false;
  const known = state.transactionId === undefined ? undefined : journal.transaction(meter.name, state.transactionId);
  return known === undefined ? isReplaced : !isSameMeter(known.meterId, meterId);
}

/** Whether two ids belong to the same meter; the year may be missing in one of them. */
export function isSameMeter(one: string, other: string): boolean {
  return one === other || one === "" || other === "" || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

/**
 * Ensures that an irreversible write does not reach another meter: if the line was never closed, nothing else shows
 * that the meter was replaced. A serial number that cannot be read does not prevent the write, so that the transaction
 * does not stay open.
 *
 * @throws {MeterError} `replaced`: another meter answers; `unexpected_value`: its serial number is implausible
 */
export async function requireNotReplaced({ meter, log }: Context): Promise<void> {
  try {
    await meter.requireSameMeter();
  } catch (error) {
    if (error instanceof MeterError) throw error;
    log.warn(`Cannot read the serial number: ${errorText(error)}`, { meter: meter.name });
  }
}
