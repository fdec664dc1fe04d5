import type { z } from "zod";
import type { LiveJournal } from "../journal/mod.ts";
import { parseRequest } from "./parse_request.ts";
import { redeliverRequestSchema, type redeliverResponseSchema } from "./node_schemas.ts";

/** Dependencies of a redelivery on request. */
export interface RedeliveryOptions {
  readonly journal: Pick<LiveJournal, "redeliver">;
  /** Id of this process. */
  readonly instance: string;
  /** Called when the outbox of the journal has new records. */
  wake(): void;
}

/** Creates the handler of `_node.redeliver`, which puts delivered records into the outbox again. */
export function redelivery(
  { journal, instance, wake }: RedeliveryOptions,
): (body: object) => Promise<z.infer<typeof redeliverResponseSchema>> {
  return async (body) => {
    const { message_ids: messageIds, since } = parseRequest(redeliverRequestSchema, body);
    const records = await journal.redeliver(
      messageIds ? { messageIds } : since ? { sinceMs: Date.parse(since) } : { all: true },
    );
    if (records > 0) wake();
    return { status: "OK", instance, records };
  };
}
