import type { z } from "zod";
import type { LiveJournal } from "../journal/mod.ts";
import { parseRequest } from "./parse_request.ts";
import { redeliverRequestSchema, type redeliverResponseSchema } from "./schemas.ts";

/** What a delivery on request needs. */
export interface RedeliveryOptions {
  readonly journal: Pick<LiveJournal, "redeliver">;
  /** Which process of the site this is. */
  readonly instance: string;
  /** Says that the journal's outbox has a new record. */
  wake(): void;
}

/** What answers `_node.redeliver`: it puts delivered records into the outbox again. */
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
