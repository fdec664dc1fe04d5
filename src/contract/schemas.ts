import { z } from "zod";
import { meterSchemas } from "./meter_schemas.ts";
import { nodeSchemas, nodeStatusSchema } from "./node_schemas.ts";
import { errorSchema, ocmfResultSchema, transactionSchemas } from "./transaction_schemas.ts";

/** Every schema, by the name that endpoints use. */
export const schemas = {
  ...meterSchemas,
  NodeStatus: nodeStatusSchema,
  OcmfResult: ocmfResultSchema,
  ...transactionSchemas,
  ...nodeSchemas,
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
