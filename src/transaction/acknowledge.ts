import { billingIdentity, configuredKey, type Context } from "./context.ts";

/** The faults that stay until somebody acknowledges them. */
export const acknowledgeableFaults = ["MeterExchanged", "PublicKeyChanged"] as const;

/** One of {@linkcode acknowledgeableFaults}. */
export type AcknowledgeableFault = typeof acknowledgeableFaults[number];

/**
 * Takes for known what was found on the meter and cannot mend itself: another meter, or another key, which is the
 * meter's own from then on. What is not raised needs no acknowledgement.
 *
 * @throws {TransactionError} `METER_OFFLINE` when the meter has not told its key yet
 * @throws {JournalError} the fault stays then
 */
export async function acknowledge(context: Context, subType: AcknowledgeableFault): Promise<void> {
  const { meter, journal, tracker, log } = context;
  if (!meter.faults.has(subType)) return;
  if (subType === "MeterExchanged") await tracker.write(() => journal.acknowledgeExchange(meter.name));
  else {
    const identity = billingIdentity(context);
    await tracker.write(() => journal.pinKey(identity.meterId, configuredKey(context, identity)));
  }
  meter.faults.clear(subType);
  log.info(`${subType} is acknowledged`, { meter: meter.name });
}
