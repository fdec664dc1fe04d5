import { z } from "zod";
import { exchangeErrorKinds } from "../line/mod.ts";
import { faultSchema, statusSchema } from "./meter_schemas.ts";

const time = z.iso.datetime({ precision: 3 });
const number = z.number();
/** The most records in one page of the journal. */
const maxEntries = 500;

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
  waiting_changes: z.array(z.string()).optional().describe(
    "changes of the configuration that wait for the end of a transaction; absent: none",
  ),
  ttl_s: number.optional().describe(
    "seconds from its arrival for which the process is alive; absent in earlier releases",
  ),
  expires_at: time,
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
const nodeRequestSchema = z.object({
  instance: z.string().max(64).nullish().describe("only this process of the site answers"),
});

const sinceSchema = z.iso.datetime({ offset: true, error: "must be a time, for example 2026-01-31T08:00:00Z" })
  .nullish();

/** A request for a page of the journal. */
export const journalRequestSchema = nodeRequestSchema.extend({
  after_seq: z.int().min(0, "must be 0 or more").nullish().describe("`journal_seq` of the last known record"),
  limit: z.int().min(1, "must be 1 or more").max(maxEntries, `may be at most ${maxEntries}`).nullish()
    .describe("records in the answer; default 100"),
  since: sinceSchema.describe("only records that were read from their meters at this time or later"),
});

/** A record of the journal without its content, for comparison with the published records. */
const journalEntrySchema = z.object({
  journal_seq: z.int().describe("number in storage order"),
  message_id: z.string().describe("Nats-Msg-Id of each delivery"),
  meter: z.string().describe("name in the subject of the record"),
  meter_id: z.string(),
  transaction_id: z.string().optional(),
  read_at: time,
  delivered_at: time.optional().describe("when JetStream acknowledged it; absent: it waits for delivery"),
  ocmf_bytes: z.int().describe("length of the published field `ocmf` as UTF-8"),
  ocmf_sha256: z.string().regex(/^[0-9a-f]{64}$/).describe("hash of the published field `ocmf` as UTF-8"),
  pagination: z.string().optional().describe("PG of the record; absent: it has none"),
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
    .max(maxEntries, `may be at most ${maxEntries}`).nullish(),
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
const schemasSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Requests to a process and their answers, by the names that endpoints use. */
export const nodeSchemas = {
  NodeInstance: nodeInstanceSchema,
  NodeReq: nodeRequestSchema,
  Schemas: schemasSchema,
  JournalReq: journalRequestSchema,
  JournalPage: journalPageSchema,
  RedeliverReq: redeliverRequestSchema,
  RedeliverResponse: redeliverResponseSchema,
} as const;

/** A record in a list of a journal. */
export type JournalEntry = z.infer<typeof journalEntrySchema>;
/** A page of a journal. */
export type JournalPage = z.infer<typeof journalPageSchema>;
/** The published status of a process. */
export type NodeStatusPayload = z.infer<typeof nodeStatusSchema>;
/** A message between the processes of one site. */
export type NodeInstancePayload = z.infer<typeof nodeInstanceSchema>;
