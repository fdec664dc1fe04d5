import { errorText } from "../base/log.ts";
import type { MeterPlace } from "../journal/mod.ts";
import { type Identity, MeterError } from "../meter/mod.ts";
import { isSameKey } from "../ocmf/mod.ts";
import type { Context } from "./context.ts";
import type { MeterTransactionsOptions } from "./meter_transactions_options.ts";
import { isOpen } from "./state_machine.ts";

/** Of how many of the last transactions a fault names those that were lost. */
const maxTransactionsSearched = 100;

/**
 * Looks whether the meter is the one that was here before, with the key that it had; within `exclusive`, before
 * anything is done with it. The open transaction of another meter is lost to that one.
 *
 * @throws {JournalError} when the journal cannot be read
 */
export async function checkMeterIdentity(context: Context): Promise<void> {
  const { meter, journal, tracker, time, log } = context;
  const { identity } = meter;
  if (identity === undefined) return;
  const { meterId } = identity;
  const place = journal.place(meter.name);
  const isReplaced = place !== undefined && !isSameMeter(place.meterId, meterId);
  if (isLost(context, meterId, isReplaced)) await tracker.apply({ kind: "replaced" });
  reportReplacement(context, meterId, isReplaced ? { meterId: place.meterId, atMs: time.now() } : place?.exchanged);
  reportKeyChange(context, identity);
  if (place !== undefined && !isReplaced) return;
  try {
    await tracker.write(() => journal.occupy(meter.name, meterId, time.now()));
  } catch (error) {
    log.error(errorText(error), { meter: meter.name });
  }
}

/** Raises the fault of an exchange that nobody has acknowledged yet, or clears it. */
export function reportReplacement(
  { meter, journal }: Pick<MeterTransactionsOptions, "meter" | "journal">,
  meterId: string,
  exchanged: MeterPlace["exchanged"],
): void {
  if (exchanged === undefined) return meter.faults.clear("MeterExchanged");
  const lost = journal.transactions({ meter: meter.name, limit: maxTransactionsSearched }).filter((transaction) =>
    transaction.meterId === exchanged.meterId && transaction.reason === "meter_exchanged"
  ).map(({ transactionId }) => transactionId);
  const loss = lost.length === 0
    ? ""
    : `; open then and ended without a record: ${lost.join(", ")}: connect ${exchanged.meterId} here to fetch it`;
  meter.faults.raise(
    "MeterExchanged",
    `Meter ${exchanged.meterId} was exchanged for ${meterId}${loss}; acknowledge it when that was meant`,
    exchanged.atMs,
  );
}

/** A key is known from the first record on; another one is pinned only when that is acknowledged. */
function reportKeyChange({ meter, journal }: Context, { meterId, billing }: Identity): void {
  const { firstKey } = journal.memory(meterId);
  if (!billing.able || firstKey === undefined || isSameKey(firstKey, billing.publicKeyPoint)) {
    return meter.faults.clear("PublicKeyChanged");
  }
  meter.faults.raise(
    "PublicKeyChanged",
    `Meter ${meterId} has another public key than with its first record; acknowledge it when that was meant`,
  );
}

/** Whether what is open was begun on another meter than the one that answers. */
function isLost({ tracker, journal, meter }: Context, meterId: string, isReplaced: boolean): boolean {
  const { state } = tracker;
  if (!isOpen(state)) return false;
  const known = state.transactionId === undefined ? undefined : journal.transaction(meter.name, state.transactionId);
  return known === undefined ? isReplaced : !isSameMeter(known.meterId, meterId);
}

/** A meter whose year could not be read this once is the same; one that was never read may be any. */
export function isSameMeter(one: string, other: string): boolean {
  return one === other || one === "" || other === "" || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

/**
 * Makes sure that an irreversible write does not reach another meter: on a bus that never closes, nothing else shows
 * that one was swapped. A serial number that cannot be read stops nothing, so that no transaction stays open for it.
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
