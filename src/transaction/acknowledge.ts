import { billingIdentity, configuredKey, type Context } from "./context.ts";

/** A fault that stays until it is acknowledged. */
export type AcknowledgeableFault = "MeterExchanged" | "PublicKeyChanged";

/** The faults that stay until they are acknowledged. */
export const acknowledgeableFaults: readonly AcknowledgeableFault[] = ["MeterExchanged", "PublicKeyChanged"];

/**
 * Acknowledges a replaced meter or a changed public key; the new key is then the known key of the meter. Has no effect
 * if the fault is not raised.
 *
 * @throws {TransactionError} `METER_OFFLINE`: the key of the meter is not known yet
 * @throws {JournalError} the journal cannot be written; the fault stays
 */
export async function acknowledge(context: Context, subType: AcknowledgeableFault): Promise<void> {
  const { meter, journal, tracker, log } = context;
  if (!meter.faults.has(subType)) return;
  if (subType === "MeterExchanged") await tracker.write(() => journal.acknowledgeReplacement(meter.name));
  else {
    const identity = billingIdentity(context);
    await tracker.write(() => journal.pinKey(identity.meterId, configuredKey(context, identity)));
  }
  meter.faults.clear(subType);
  log.info(`Acknowledged ${subType}`, { meter: meter.name });
}
