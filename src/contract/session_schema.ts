import { z } from "zod";

/** A number of Wh as a text: JSON readers would round a number. */
const energy = z.string().regex(/^-?\d+(\.\d+)?$/).describe("decimal text with all digits of the record");

const registerSchema = z.object({
  obis: z.string().optional().describe("RI, as the record has it"),
  direction: z.enum(["import", "export"]).optional().describe("import: to the vehicle; absent: not known"),
  billed: z.boolean().describe("whether this register is billed; the others are informative"),
  begin_Wh: energy.optional(),
  end_Wh: energy.optional(),
  energy_Wh: energy.optional()
    .describe("end minus begin; absent: one of them is missing, or the record marks a value as unusable"),
  loss_Wh: energy.optional().describe("CL of the end: loss of the cable, already deducted by the meter"),
});

/** The session of a record. */
export const sessionSchema = z.object({
  derived: z.literal(true).describe("computed from the signed text of the record, which alone is evidence"),
  transaction_id: z.string().optional(),
  begin_at: z.iso.datetime().optional(),
  end_at: z.iso.datetime().optional(),
  duration_s: z.number().nonnegative().optional(),
  time_quality: z.enum(["S", "I", "U", "R"]).optional()
    .describe("S: synchronised; I: informative; U: not synchronised; R: only the duration is reliable"),
  registers: z.array(registerSchema).readonly(),
  energy_Wh: energy.optional().describe("energy of the billed register, if there is exactly one"),
  evse_id: z.string().optional().describe("CI"),
  charging_point_type: z.string().optional().describe("CT, the kind of evse_id: EVSEID or CBIDC"),
  identification: z.object({
    assigned: z.boolean().optional(),
    type: z.string().optional(),
    level: z.string().optional(),
    flags: z.array(z.string()).readonly().optional(),
    data: z.string().optional().describe("the number of a card or a contract: personal data"),
  }).optional(),
  tariff_text: z.string().optional().describe("TT without the transaction id"),
  pagination: z.string().optional().describe("PG: T23"),
  meter_serial: z.string().optional().describe("MS, or GS if there is no MS"),
});

/** The session of a record, as it is published. */
export type SessionPayload = z.infer<typeof sessionSchema>;
