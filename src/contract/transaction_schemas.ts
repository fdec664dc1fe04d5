import { z } from "zod";
import { camelKeys } from "../base/key_case.ts";
import { recordReasons, transactionStates } from "../journal/mod.ts";
import {
  chargingPointTypes,
  identificationFlagGroups,
  identificationLevels,
  identificationTypes,
  sessionModalities,
} from "../meter/mod.ts";
import { sessionSchema } from "./session_schema.ts";
import { acknowledgeableFaults, type StartRequest, transactionErrorCodes } from "../transaction/mod.ts";
import { ocppRecordSchema } from "./ocpp_schemas.ts";

const flags = identificationFlagGroups.flat();
const types = Object.keys(identificationTypes) as (keyof typeof identificationTypes)[];

/** Texts are written to NUL-terminated registers and from there to JSON, so control characters are not allowed. */
const plainText = z.string().refine(
  (value) => !/[\p{Cc}\p{Cs}]/u.test(value),
  "must contain no control characters and no unpaired surrogates",
);

/** Maximum number of flags in an OCMF record. */
const maxFlags = 4;

/** Ids stay in the journal for years, so their length is limited. */
const maxIdLength = 250;
const tooLongId = `may have at most ${maxIdLength} characters`;

/** A text of at most {@linkcode maxIdLength} characters. */
const plainId = plainText.refine(isIdLength, tooLongId).meta({ maxLength: maxIdLength });
const transactionId = z.string().refine(isIdLength, tooLongId).meta({ maxLength: maxIdLength });

/** A request to start a transaction. Unknown fields are ignored, and `null` in an optional field means absent. */
export const transactionRequestSchema = z.object({
  evse_id: plainId.describe("39 bytes fit; longer texts are cut"),
  transaction_id: z.string()
    .regex(/^[A-Za-z0-9*_=:+@./#-]*$/, "may contain only A-Z a-z 0-9 * _ = : + @ . / # -")
    .min(1, "must not be empty")
    .max(64, "may have at most 64 characters"),
  identification_status: z.enum(["ASSIGNED", "NOT_ASSIGNED"]),
  identification_type: z.enum(types),
  identification_flags: z.array(z.enum(flags)).refine((named) => named.length <= maxFlags, {
    error: (issue) =>
      `may contain at most four flags, found ${Array.isArray(issue.input) ? issue.input.length : "more"}`,
    when: (payload) => Array.isArray(payload.value),
  }).meta({ maxItems: maxFlags, description: "the first flag of each group is used: RFID, OCPP, ISO15118, PLMN" }),
  identification_level: z.enum(identificationLevels).nullable().default("NONE").transform((level) => level ?? "NONE"),
  identification_data: plainId.nullable().default("").transform((data) => data ?? "")
    .describe("39 bytes fit; longer texts are cut"),
  tariff_text: plainText.refine((value) => [...value].length <= 250, "may have at most 250 characters")
    .nullable().default("").transform((text) => text ?? "")
    .describe("250 bytes fit together with `<=>` and the transaction id; longer texts are cut"),
  charging_point_type: z.enum(chargingPointTypes).nullable().default("EVSEID").transform((type) => type ?? "EVSEID")
    .describe("kind of evse_id: an EVSE id, or the id of a charge box with its connector"),
  session_modality: z.enum(sessionModalities).nullable().default("charging").transform((way) => way ?? "charging")
    .describe("direction of the energy"),
  supersede: z.boolean().nullable().default(true).transform((value) => value ?? true)
    .describe("false: refuse the start with TRANSACTION_OPEN if another transaction is running, instead of ending it"),
});

/** Converts a valid request for the transactions of a meter. */
export function startRequestOf(
  { supersede: _, ...request }: z.infer<typeof transactionRequestSchema>,
): StartRequest {
  return camelKeys(request);
}

/** A request to stop a transaction; an empty id ends the open transaction. */
export const stopRequestSchema = z.object({ transaction_id: transactionId });

/** A request for the state of a transaction; without an id, the open transaction, otherwise the last one. */
export const statusRequestSchema = z.object({
  transaction_id: transactionId.nullish(),
  transaction_id_prefix: transactionId.min(1).nullish()
    .describe("ask for the ids that begin with this text, instead of the state of a transaction"),
});

/** A request to acknowledge a fault that is not cleared automatically. */
export const acknowledgeRequestSchema = z.object({ sub_type: z.enum(acknowledgeableFaults) });

/** `signed_meter_value`, as in EVerest. */
export const signedMeterValueSchema = z.object({
  signed_meter_data: z.string().describe('an OCMF record, or {"signedData":"<HEX>","signature":"<HEX>"}'),
  signing_method: z.string().describe("empty for OCMF: the record contains the method"),
  encoding_method: z.enum(["OCMF", "plain"]),
  public_key: z.string().describe("upper-case hex in the configured format"),
  timestamp: z.iso.datetime().optional(),
});

const warnings = z.array(z.string()).optional()
  .describe("sentences: differences between the request and the record; absent: none");

const outcome = {
  status: z.enum(["OK", "NOT_SUPPORTED", "UNEXPECTED_ERROR"]),
  error: z.string().optional().describe("a sentence"),
  code: z.enum(transactionErrorCodes).optional(),
};

/** Answer to a start. */
const startResponseSchema = z.object({
  ...outcome,
  transaction_id: z.string().optional(),
  signed_meter_value: signedMeterValueSchema.optional().describe("the start value; absent: it could not be read"),
  superseded_transaction_id: z.string().optional()
    .describe("the transaction that this start has ended; absent: none, or one without an id"),
  warnings,
});

/** Answer to a stop; a stop with an empty id that found nothing open has no values. */
const stopResponseSchema = z.object({
  ...outcome,
  transaction_id: z.string().optional()
    .describe(
      "only for a stop with an empty id: the transaction that it has ended; absent: none, or one without an id",
    ),
  start_signed_meter_value: signedMeterValueSchema.optional(),
  signed_meter_value: signedMeterValueSchema.optional().describe(
    "the OCMF record exactly as it was read from the meter",
  ),
  ocpp: ocppRecordSchema.optional(),
  session: sessionSchema.optional()
    .describe("absent: there is no record, it cannot be read, or a warning has the reason"),
  warnings,
});

/** Answer to an acknowledgement. */
const acknowledgeResponseSchema = z.object(outcome);

/** Answer to a status request; without a transaction, the meter never had one. */
const statusResponseSchema = z.object({
  ...outcome,
  transaction: z.object({
    state: z.enum(transactionStates),
    transaction_id: z.string().optional(),
    started_at: z.iso.datetime().optional(),
    stopped_at: z.iso.datetime().optional(),
    delivered_at: z.iso.datetime().optional(),
    reason: z.string().optional(),
  }).optional(),
  transaction_ids: z.array(z.string()).readonly().optional()
    .describe("only for a request with transaction_id_prefix: at most 21 ids of this meter, in order"),
});

/** Answer to a failed request. */
export const errorSchema = z.object({
  status: z.enum(["NOT_SUPPORTED", "UNEXPECTED_ERROR"]),
  error: z.string(),
  code: z.enum(transactionErrorCodes),
  transaction_id: z.string().optional(),
});

/** A published record. */
export const ocmfResultSchema = z.object({
  transaction_id: z.string().optional(),
  site: z.string().optional().describe("the site whose journal has the record"),
  meter: z.string().optional().describe("the meter's name in the configuration when the record was read"),
  journal_seq: z.int().optional().describe("number of the record in the journal of its site"),
  meter_id: z.string(),
  evse_id: z.string().optional(),
  reason: z.enum(recordReasons),
  ocmf: z.string().describe("the record exactly as it was read from the meter"),
  public_key: z.string(),
  signing_method: z.string(),
  verification: z.object({
    signature: z.string().describe("valid, invalid, unverifiable or malformed"),
    session: z.string().describe("ok, violated or unknown"),
    key: z.string().describe("pinned, first_seen or changed"),
    problems: z.array(z.string()).readonly(),
  }),
  ocpp: ocppRecordSchema,
  session: sessionSchema.optional().describe("absent: the record cannot be read"),
  start_signed_meter_value: signedMeterValueSchema.optional(),
  started_at: z.iso.datetime().optional(),
  read_at: z.iso.datetime(),
  meter_begin_at: z.iso.datetime().optional().describe("the meter's own time at the begin, from the record"),
  meter_end_at: z.iso.datetime().optional().describe("the meter's own time at the end, from the record"),
});

/** Requests for transactions and their answers, by the names that endpoints use. */
export const transactionSchemas = {
  TransactionReq: transactionRequestSchema,
  TransactionStopReq: stopRequestSchema,
  TransactionStatusReq: statusRequestSchema,
  TransactionStartResponse: startResponseSchema,
  TransactionStopResponse: stopResponseSchema,
  TransactionStatusResponse: statusResponseSchema,
  AcknowledgeReq: acknowledgeRequestSchema,
  AcknowledgeResponse: acknowledgeResponseSchema,
} as const;

/** A request to start a transaction, as a client sends it. */
export type TransactionRequest = z.input<typeof transactionRequestSchema>;
/** A signed value: a record, or a signed live map. */
export type SignedMeterValue = z.infer<typeof signedMeterValueSchema>;
/** The answer to a start. */
export type StartAnswer = z.infer<typeof startResponseSchema>;
/** The answer to a stop. */
export type StopAnswer = z.infer<typeof stopResponseSchema>;
/** The answer to an acknowledgement. */
export type AcknowledgeAnswer = z.infer<typeof acknowledgeResponseSchema>;
/** The answer to a question for the state of a transaction. */
export type StatusAnswer = z.infer<typeof statusResponseSchema>;
/** A published record. */
export type OcmfResult = z.infer<typeof ocmfResultSchema>;

/** The answer to a failed request. */
export type FailedAnswer = Pick<StartAnswer, "status" | "error" | "code" | "transaction_id">;

function isIdLength(id: string): boolean {
  return [...id.slice(0, 2 * maxIdLength + 1)].length <= maxIdLength;
}
