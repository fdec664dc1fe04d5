import { ForgetError } from "../contract/mod.ts";
import type { ControlReply } from "../control/mod.ts";
import type { Service } from "../service.ts";

/**
 * The answer of the service to `forget`.
 *
 * @throws {JournalError} the journal cannot be read
 */
export async function forgetReply(meter: string, service: Pick<Service, "forget">): Promise<ControlReply> {
  try {
    return { ok: true, meter, ...await service.forget(meter) };
  } catch (error) {
    if (!(error instanceof ForgetError)) throw error;
    return { ok: false, error: error.message };
  }
}
