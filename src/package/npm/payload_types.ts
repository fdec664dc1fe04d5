import { jsonSchemas, type SchemaName } from "../../contract/mod.ts";
import { schemaType } from "./schema_types.ts";

/** The types of `src/contract` that the package has, and the published schema of each. */
const schemaOf = {
  AcknowledgeAnswer: "AcknowledgeResponse",
  FailedAnswer: "Error",
  FaultPayload: "Fault",
  OcmfResult: "OcmfResult",
  PowermeterPayload: "Powermeter",
  PublicKeyPayload: "PublicKey",
  StartAnswer: "TransactionStartResponse",
  StatusAnswer: "TransactionStatusResponse",
  StatusPayload: "Status",
  StopAnswer: "TransactionStopResponse",
  TransactionRequest: "TransactionReq",
} as const satisfies Record<string, SchemaName>;

/**
 * Declarations of the types of payloads, written from the schemas that a node publishes: so they need neither the library
 * of the schemas nor the code of the node.
 */
export function payloadTypes(): string {
  const schemas = jsonSchemas();
  return Object.entries(schemaOf).map(([name, schema]) =>
    `/** The payload \`${schema}\` of docs/subjects.md. */\ntype ${name} = ${schemaType(schemas[schema] ?? {})};\n`
  ).join("");
}
