import { z } from "zod";
import { camelKeys } from "../base/key_case.ts";
import {
  chargingPointTypes,
  identificationFlagGroups,
  identificationLevels,
  identificationTypes,
  sessionModalities,
} from "../meter/mod.ts";
import { acknowledgeableFaults, type StartRequest } from "../transaction/mod.ts";

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
});

/** Converts a valid request for the transactions of a meter. */
export function startRequestOf(request: z.infer<typeof transactionRequestSchema>): StartRequest {
  return camelKeys(request);
}

/** A request to stop a transaction; an empty id ends the open transaction. */
export const stopRequestSchema = z.object({ transaction_id: transactionId });

/** A request for the state of a transaction; without an id, the open transaction, otherwise the last one. */
export const statusRequestSchema = z.object({ transaction_id: transactionId.nullish() });

/** A request to acknowledge a fault that is not cleared automatically. */
export const acknowledgeRequestSchema = z.object({ sub_type: z.enum(acknowledgeableFaults) });

function isIdLength(id: string): boolean {
  return [...id.slice(0, 2 * maxIdLength + 1)].length <= maxIdLength;
}
