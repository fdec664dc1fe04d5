import { z } from "zod";
import { faultSchema, powermeterSchema, publicKeySchema, statusSchema } from "./meter_schemas.ts";
import {
  journalPageSchema,
  journalRequestSchema,
  nodeInstanceSchema,
  nodeRequestSchema,
  nodeStatusSchema,
  redeliverRequestSchema,
  redeliverResponseSchema,
  schemasSchema,
} from "./node_schemas.ts";
import {
  acknowledgeRequestSchema,
  statusRequestSchema,
  stopRequestSchema,
  transactionRequestSchema,
} from "./transaction_requests.ts";
import {
  acknowledgeResponseSchema,
  errorSchema,
  ocmfResultSchema,
  startResponseSchema,
  statusResponseSchema,
  stopResponseSchema,
} from "./transaction_schemas.ts";

/** Every schema, by the name that endpoints use. */
export const schemas = {
  Powermeter: powermeterSchema,
  PublicKey: publicKeySchema,
  Status: statusSchema,
  Fault: faultSchema,
  NodeStatus: nodeStatusSchema,
  OcmfResult: ocmfResultSchema,
  TransactionReq: transactionRequestSchema,
  TransactionStopReq: stopRequestSchema,
  TransactionStatusReq: statusRequestSchema,
  TransactionStartResponse: startResponseSchema,
  TransactionStopResponse: stopResponseSchema,
  TransactionStatusResponse: statusResponseSchema,
  AcknowledgeReq: acknowledgeRequestSchema,
  AcknowledgeResponse: acknowledgeResponseSchema,
  NodeInstance: nodeInstanceSchema,
  NodeReq: nodeRequestSchema,
  Schemas: schemasSchema,
  JournalReq: journalRequestSchema,
  JournalPage: journalPageSchema,
  RedeliverReq: redeliverRequestSchema,
  RedeliverResponse: redeliverResponseSchema,
  Error: errorSchema,
} as const satisfies Record<string, z.ZodType>;

/** Name of one of {@linkcode schemas}. */
export type SchemaName = keyof typeof schemas;

/** The JSON Schema of each payload. It describes the written fields; a reader must ignore unknown fields. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: "input" })]),
  );
}
