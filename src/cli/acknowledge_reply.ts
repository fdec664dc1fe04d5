import type { ControlReply } from "../control/mod.ts";
import type { Service } from "../service.ts";
import { acknowledgeableFaults, TransactionError } from "../transaction/mod.ts";

/** The answer of the service to `acknowledge`; `acknowledged` is false if the meter does not have the fault. */
export async function acknowledgeReply(
  meter: string,
  fault: string,
  service: Pick<Service, "acknowledge">,
): Promise<ControlReply> {
  const known = acknowledgeableFaults.find((one) => one === fault);
  if (known === undefined) {
    return { ok: false, error: `The faults that can be acknowledged are ${acknowledgeableFaults.join(" and ")}` };
  }
  try {
    const acknowledged = await service.acknowledge(meter, known);
    if (acknowledged === undefined) return { ok: false, error: `The service has no meter ${meter}` };
    return { ok: true, meter, fault, acknowledged };
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error;
    return { ok: false, error: error.message };
  }
}
