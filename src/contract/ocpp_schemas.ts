import { z } from "zod";

/** The members of `SignedMeterValueType` of OCPP 2.0.1. */
const signedMeterValue = {
  signedMeterData: z.string().describe("base64 of the record"),
  signingMethod: z.literal("").describe("empty: the record contains the method"),
  encodingMethod: z.literal("OCMF"),
  publicKey: z.string().describe("base64 of oca:base16:asn1: and the key in hex; empty: the key is unusable"),
};

const context = z.enum(["Transaction.Begin", "Transaction.End"]);
const measurand = z.enum(["Energy.Active.Import.Register", "Energy.Active.Export.Register"]);
const location = z.literal("Outlet");
const unit = z.enum(["Wh", "kWh"]);

/** `MeterValueType` of OCPP 2.0.1 and 2.1. */
const meterValueSchema = z.object({
  timestamp: z.iso.datetime(),
  sampledValue: z.array(z.object({
    value: z.number(),
    context,
    measurand,
    location,
    unitOfMeasure: z.object({ unit, multiplier: z.literal(0) }),
    signedMeterValue: z.object(signedMeterValue).optional(),
  })).min(1).readonly(),
});

/** `MeterValue` of OCPP 1.6. */
const meterValue16Schema = z.object({
  timestamp: z.iso.datetime(),
  sampledValue: z.array(z.object({
    value: z.string().describe("the JSON text of SignedMeterValueType"),
    context,
    format: z.literal("SignedData"),
    measurand,
    location,
    unit,
  })).length(1).readonly(),
});

/** A record for OCPP. Its members have the names of OCPP, so that they can be copied into its messages. */
export const ocppRecordSchema = z.object({
  ...signedMeterValue,
  meterValue: meterValueSchema.optional()
    .describe("for TransactionEvent of OCPP 2.0.1 and 2.1; absent: the record has no energy at its end"),
  meterValue16: meterValue16Schema.optional().describe("for StopTransaction of OCPP 1.6; absent: as meterValue"),
  fits201: z.boolean().optional()
    .describe("whether OCPP 2.0.1 allows the lengths; absent: a result of an earlier release"),
  problems: z.array(z.string()).readonly().optional()
    .describe("sentences: what is missing, not exact or too long, and what to do"),
}).describe("SignedMeterValueType of OCPP 2.0.1, and the meter values that contain it");
