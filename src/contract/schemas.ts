import { z } from "zod";
import { exchangeErrorKinds } from "../line/mod.ts";
import { transactionStates } from "../journal/mod.ts";
import { transactionErrorCodes } from "../transaction/mod.ts";
import { journalEntrySchema } from "./journal_entry.ts";
import {
  acknowledgeRequestSchema,
  statusRequestSchema,
  stopRequestSchema,
  transactionRequestSchema,
} from "./transaction_requests.ts";
import {
  acknowledgeResponseSchema,
  ocmfResultSchema,
  signedMeterValueSchema,
  startResponseSchema,
  statusResponseSchema,
  stopResponseSchema,
} from "./transaction_schemas.ts";

const time = z.iso.datetime({ precision: 3 });
const number = z.number();
/** The most records in one page of the journal. */
const mostEntries = 500;
const hex = z.string().regex(/^([0-9A-F]{2})+$/);
const phases = { L1: number.optional(), L2: number.optional(), L3: number.optional() };
const powers = z.object({ total: number.optional(), ...phases });
const wattHours = z.int().optional();
const energies = z.object({ total: z.int(), L1: wattHours, L2: wattHours, L3: wattHours });

/** `reading` and the answer to `reading.get`. */
export const powermeterSchema = z.object({
  timestamp: time,
  meter_id: z.string(),
  phase_seq_error: z.boolean().optional(),
  energy_Wh_import: energies.optional(),
  energy_Wh_export: energies.optional(),
  power_W: powers.optional(),
  voltage_V: z.object(phases).optional(),
  voltage_LL_V: z.object({ L1_L2: number.optional(), L2_L3: number.optional(), L3_L1: number.optional() }).optional(),
  VA: powers.optional(),
  power_factor: powers.optional(),
  VAR: powers.optional(),
  current_A: z.object(phases).optional(),
  frequency_Hz: z.object({ L1: number }).optional(),
  temperatures: z.array(z.object({ temperature: number, location: z.string(), identification: z.string() }))
    .optional(),
  signed_meter_value: signedMeterValueSchema.optional(),
});

/** `public_key` and the answer to `public_key.get`. */
export const publicKeySchema = z.object({
  meter_id: z.string(),
  public_key: hex,
  public_key_format: z.enum(["binary", "der"]),
  signing_method: z.string(),
  timestamp: time,
});

/** `status` and the answer to `status.get`. */
export const statusSchema = z.object({
  state: z.enum(["connecting", "online", "offline", "stopped"]),
  meter_id: z.string().optional(),
  model: z.string().optional(),
  identification_code: z.int().optional(),
  firmware: z.object({ measure: z.string().optional(), communication: z.string().optional() }).optional(),
  transaction_support: z.boolean().optional(),
  inverted: z.boolean().optional().describe("true: readings have the opposite sign of the meter display (`invert`)"),
  transaction: z.object({ state: z.enum(transactionStates), transaction_id: z.string().optional() }),
  since: time,
  timestamp: time,
});

/** `fault.<sub_type>`. */
export const faultSchema = z.object({
  type: z.string(),
  sub_type: z.string(),
  severity: z.enum(["Low", "Medium", "High"]),
  active: z.boolean(),
  message: z.string(),
  since: time,
  timestamp: time,
});

const exchangeStats = {
  exchanges: z.int(),
  errors: z.int(),
  errors_by_kind: z.record(z.enum(exchangeErrorKinds), z.int()),
  latency_ms: z.object({ p50: number, p99: number }).optional().describe("absent before the first answer"),
};

/** `_node.status`. */
export const nodeStatusSchema = z.object({
  version: z.string(),
  instance: z.string().optional().describe("unique for each process; absent in earlier releases"),
  replaces: z.string().optional().describe("the previous process with the same state folder"),
  started_at: time,
  state: z.enum(["online", "stopped"]),
  lines: z.array(z.object({
    name: z.string(),
    state: z.enum(["open", "closed"]),
    utilisation: number.min(0).max(1),
    ...exchangeStats,
  })),
  meters: z.record(z.string(), statusSchema.shape.state),
  meter_stats: z.record(z.string(), z.object({ ...exchangeStats, skipped_readings: z.int() })),
  undelivered_records: z.int(),
  spooled_readings: z.int(),
  dropped_readings: z.int(),
  clock_synchronised: z.boolean().optional().describe("absent: unknown"),
  faults: z.array(faultSchema.omit({ timestamp: true })),
  nats: z.object({ problems: z.array(z.string()) }).optional().describe("problems with NATS"),
  ttl_s: number.optional().describe(
    "seconds from its arrival for which the process is alive; absent in earlier releases",
  ),
  expires_at: time,
});

/** Answer to a failed request. */
export const errorSchema = z.object({
  status: z.enum(["NOT_SUPPORTED", "UNEXPECTED_ERROR"]),
  error: z.string(),
  code: z.enum(transactionErrorCodes),
  transaction_id: z.string().optional(),
});

/** `_node.instance.get`, question and answer: identity of a process. */
export const nodeInstanceSchema = z.object({
  instance: z.string().max(64),
  replaces: z.string().max(64).optional().describe("the previous process with the same state folder"),
  state: z.enum(["starting", "active", "passive", "stopped"]),
  yields_to: z.string().max(64).optional().describe("the process for which a passive one waits"),
  meters: z.array(z.string().max(250)),
  host: z.string().max(255).optional(),
  client: z.string().max(255).optional().describe("the client as the NATS server lists it"),
});

/** A request to a process without its own schema. */
export const nodeRequestSchema = z.object({
  instance: z.string().max(64).nullish().describe("only this process of the site answers"),
});

const sinceSchema = z.iso.datetime({ offset: true, error: "must be a time, for example 2026-01-31T08:00:00Z" })
  .nullish();

/** A request for a page of the journal. */
export const journalRequestSchema = nodeRequestSchema.extend({
  after_seq: z.int().min(0, "must be 0 or more").nullish().describe("`journal_seq` of the last known record"),
  limit: z.int().min(1, "must be 1 or more").max(mostEntries, `may be at most ${mostEntries}`).nullish()
    .describe("records in the answer; default 100"),
  since: sinceSchema.describe("only records that were read from their meters at this time or later"),
});

/** A page of the journal. */
export const journalPageSchema = z.object({
  status: z.literal("OK"),
  instance: z.string(),
  now: time.describe("clock of the node"),
  meters: z.array(z.string()).describe("names of the meters that the process serves"),
  total: z.int().describe("records in the journal"),
  undelivered: z.int().describe("records that wait for delivery"),
  records: z.array(journalEntrySchema),
  next_after_seq: z.int().optional().describe("`after_seq` of the next page; absent: there are no more records"),
});

const selections = ["message_ids", "since", "all"] as const;

/** A request to deliver delivered records again. */
export const redeliverRequestSchema = nodeRequestSchema.extend({
  message_ids: z.array(z.string().max(250, "may have at most 250 characters")).min(1, "must name a record")
    .max(mostEntries, `may be at most ${mostEntries}`).nullish(),
  since: sinceSchema.describe("records that were delivered, or read from their meters, at this time or later"),
  all: z.literal(true).nullish(),
}).refine((request) => selections.filter((key) => (request[key] ?? undefined) !== undefined).length === 1, {
  error: `must have one of ${selections.join(", ")}`,
});

/** Answer to a redelivery request. */
export const redeliverResponseSchema = z.object({
  status: z.literal("OK"),
  instance: z.string(),
  records: z.int().describe("number of records that are delivered again"),
});

/** Answer to `_node.schemas.get`: each JSON Schema by its name. */
export const schemasSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

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

/** A published reading. */
export type PowermeterPayload = z.infer<typeof powermeterSchema>;
/** A published public key. */
export type PublicKeyPayload = z.infer<typeof publicKeySchema>;
/** The published status of a meter. */
export type StatusPayload = z.infer<typeof statusSchema>;
/** A published fault. */
export type FaultPayload = z.infer<typeof faultSchema>;
/** A page of a journal. */
export type JournalPage = z.infer<typeof journalPageSchema>;
/** The published status of a process. */
export type NodeStatusPayload = z.infer<typeof nodeStatusSchema>; /** A message between the processes of one site. */
export type NodeInstancePayload = z.infer<typeof nodeInstanceSchema>;

/** The JSON Schema of each payload. It describes the written fields; a reader must ignore unknown fields. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: "input" })]),
  );
}
