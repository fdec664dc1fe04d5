import type { NatsConnection } from "nats";

/** A record in the stream. */
export interface Delivered {
  readonly seq: number;
  readonly messageId: string;
  readonly meterId: string;
  readonly transactionId: string | undefined;
  readonly reason: string;
  readonly ocmf: string;
  readonly verification: { readonly signature: string; readonly session: string; readonly key: string };
}

/** The records in the stream `WATTSEAL_OCMF` after the sequence number `after`. */
export async function streamedAfter(client: NatsConnection, after: number): Promise<Delivered[]> {
  const manager = await client.jetstreamManager();
  const { state } = await manager.streams.info("WATTSEAL_OCMF");
  const records: Delivered[] = [];
  for (let seq = Math.max(after + 1, state.first_seq); seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage("WATTSEAL_OCMF", { seq });
    const { meter_id: meterId, transaction_id: transactionId, ...payload } = message.json<Payload>();
    records.push({ seq, messageId: message.header.get("Nats-Msg-Id"), meterId, transactionId, ...payload });
  }
  return records;
}

interface Payload {
  readonly meter_id: string;
  readonly transaction_id?: string;
  readonly reason: string;
  readonly ocmf: string;
  readonly verification: Delivered["verification"];
}
