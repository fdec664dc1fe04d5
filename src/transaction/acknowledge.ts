import type { AcknowledgeAnswer } from "./answers.ts";
import { billingIdentity, configuredKey, type Context } from "./context.ts";
import type { AcknowledgeRequest } from "./request.ts";

/**
 * Takes for known what was found on the meter and cannot mend itself: another meter, or another key, which is the
 * meter's own from then on. What is not raised needs no acknowledgement.
 *
 * @throws {TransactionError} `METER_OFFLINE` when the meter has not told its key yet
 * @throws {JournalError} the fault stays then
 */
export async function acknowledge(
  context: Context,
  { sub_type: subType }: AcknowledgeRequest,
): Promise<AcknowledgeAnswer> {
  const { meter, journal, tracker, log } = context;
  if (!meter.faults.has(subType)) return { status: "OK" };
  if (subType === "MeterExchanged") await tracker.write(() => journal.acknowledgeExchange(meter.name));
  else {
    const identity = billingIdentity(context);
    await tracker.write(() => journal.pinKey(identity.meterId, configuredKey(context, identity)));
  }
  meter.faults.clear(subType);
  log.info(`${subType} is acknowledged`, { meter: meter.name });
  return { status: "OK" };
}
