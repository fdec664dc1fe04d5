import { z } from "zod";
import { qualities } from "../interval/mod.ts";
import { transactionStates } from "../journal/mod.ts";
import { signedMeterValueSchema } from "./transaction_schemas.ts";

const time = z.iso.datetime({ precision: 3 });
const number = z.number();
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
const publicKeySchema = z.object({
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
  removed: z.boolean().optional().describe("true: the meter was removed from the configuration; its last status"),
  since: time,
  timestamp: time,
});

const registers = z.object({ import_Wh: z.int(), export_Wh: z.int().optional() });

/** `interval`. */
export const intervalSchema = z.object({
  meter_id: z.string().describe("of the meter at the end"),
  start: time,
  end: time,
  interval_minutes: z.int().describe("distance of two boundaries; a gap is longer"),
  registers: z.object({ start: registers, end: registers }),
  import_Wh: z.int(),
  export_Wh: z.int().optional(),
  average_power_W: number.describe("from the energies; positive: import"),
  largest_minute_power_W: number.optional().describe("the largest average of a minute, from the readings"),
  readings: z.int().describe("number of readings"),
  quality: z.enum(qualities),
  revision: z.int().describe("of two intervals that overlap, the one with the higher revision counts"),
  meters: z.array(z.object({ meter_id: z.string(), start: registers, end: registers })).optional()
    .describe("the energies of each meter, in order of time, if the meter was replaced"),
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

/** Publications of a meter without its records, by the names that endpoints use. */
export const meterSchemas = {
  Powermeter: powermeterSchema,
  Interval: intervalSchema,
  PublicKey: publicKeySchema,
  Status: statusSchema,
  Fault: faultSchema,
} as const;

/** A published reading. */
export type PowermeterPayload = z.infer<typeof powermeterSchema>;
/** A published interval of the load profile. */
export type IntervalPayload = z.infer<typeof intervalSchema>;
/** A published public key. */
export type PublicKeyPayload = z.infer<typeof publicKeySchema>;
/** The published status of a meter. */
export type StatusPayload = z.infer<typeof statusSchema>;
/** A published fault. */
export type FaultPayload = z.infer<typeof faultSchema>;
