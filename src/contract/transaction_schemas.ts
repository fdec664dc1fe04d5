import { z } from "zod";
import { recordReasons, transactionStates } from "../journal/mod.ts";
import { transactionErrorCodes } from "../transaction/mod.ts";

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
export const startResponseSchema = z.object({
  ...outcome,
  transaction_id: z.string().optional(),
  signed_meter_value: signedMeterValueSchema.optional().describe("the start value; absent: it could not be read"),
  warnings,
});

/** Answer to a stop; a stop with an empty id has no values. */
export const stopResponseSchema = z.object({
  ...outcome,
  start_signed_meter_value: signedMeterValueSchema.optional(),
  signed_meter_value: signedMeterValueSchema.optional().describe(
    "the OCMF record exactly as it was read from the meter",
  ),
  warnings,
});

/** Answer to an acknowledgement. */
export const acknowledgeResponseSchema = z.object(outcome);

/** Answer to a status request; without a transaction, the meter never had one. */
export const statusResponseSchema = z.object({
  ...outcome,
  transaction: z.object({
    state: z.enum(transactionStates),
    transaction_id: z.string().optional(),
    started_at: z.iso.datetime().optional(),
    stopped_at: z.iso.datetime().optional(),
    delivered_at: z.iso.datetime().optional(),
    reason: z.string().optional(),
  }).optional(),
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
  ocpp: z.object({
    signedMeterData: z.string(),
    signingMethod: z.literal(""),
    encodingMethod: z.literal("OCMF"),
    publicKey: z.string(),
  }).describe("SignedMeterValueType of OCPP 2.0.1"),
  start_signed_meter_value: signedMeterValueSchema.optional(),
  started_at: z.iso.datetime().optional(),
  read_at: z.iso.datetime(),
  meter_begin_at: z.iso.datetime().optional().describe("the meter's own time at the begin, from the record"),
  meter_end_at: z.iso.datetime().optional().describe("the meter's own time at the end, from the record"),
});

export type SignedMeterValue = z.infer<typeof signedMeterValueSchema>;
export type StartAnswer = z.infer<typeof startResponseSchema>;
export type StopAnswer = z.infer<typeof stopResponseSchema>;
export type AcknowledgeAnswer = z.infer<typeof acknowledgeResponseSchema>;
export type StatusAnswer = z.infer<typeof statusResponseSchema>;
export type OcmfResult = z.infer<typeof ocmfResultSchema>;

/** The answer to a failed request. */
export type FailedAnswer = Pick<StartAnswer, "status" | "error" | "code" | "transaction_id">;
