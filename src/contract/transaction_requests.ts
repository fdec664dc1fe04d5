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

/** Texts go into registers that end at NUL and from there into JSON: control characters have no place in either. */
const plainText = z.string().refine(
  (value) => !/[\p{Cc}\p{Cs}]/u.test(value),
  "must hold no control characters and no halves of characters",
);

/** As many as OCMF has in a record. */
const maxFlags = 4;

/** Ids are kept in the journal for years: none may fill it. */
const maxIdLength = 250;
const tooLongId = `may have ${maxIdLength} characters at most`;

/** A text of at most {@linkcode maxIdLength} characters. */
const plainId = plainText.refine(isIdLength, tooLongId).meta({ maxLength: maxIdLength });
const transactionId = z.string().refine(isIdLength, tooLongId).meta({ maxLength: maxIdLength });

/** A request to start a transaction. Fields that are not listed are ignored, and `null` in an optional one is absent. */
export const transactionRequestSchema = z.object({
  evse_id: plainId.describe("39 bytes fit; longer ones are cut"),
  transaction_id: z.string()
    .regex(/^[A-Za-z0-9*_=:+@./#-]*$/, "may hold A-Z a-z 0-9 * _ = : + @ . / # - only")
    .min(1, "must not be empty")
    .max(64, "may have 64 characters at most"),
  identification_status: z.enum(["ASSIGNED", "NOT_ASSIGNED"]),
  identification_type: z.enum(types),
  identification_flags: z.array(z.enum(flags)).refine((named) => named.length <= maxFlags, {
    error: (issue) => `may name four flags at most, found ${Array.isArray(issue.input) ? issue.input.length : "more"}`,
    when: (payload) => Array.isArray(payload.value),
  }).meta({ maxItems: maxFlags, description: "the first of each group is kept: RFID, OCPP, ISO15118, PLMN" }),
  identification_level: z.enum(identificationLevels).nullable().default("NONE").transform((level) => level ?? "NONE"),
  identification_data: plainId.nullable().default("").transform((data) => data ?? "")
    .describe("39 bytes fit; longer ones are cut"),
  tariff_text: plainText.refine((value) => [...value].length <= 250, "may have 250 characters at most")
    .nullable().default("").transform((text) => text ?? "")
    .describe("with `<=>` and the transaction id 250 bytes fit; longer ones are cut"),
  charging_point_type: z.enum(chargingPointTypes).nullable().default("EVSEID").transform((type) => type ?? "EVSEID")
    .describe("what evse_id is: an EVSE id, or the id of a charge box with its connector"),
  session_modality: z.enum(sessionModalities).nullable().default("charging").transform((way) => way ?? "charging")
    .describe("which way energy is to flow"),
});

/** A valid request as the transactions of a meter take it. */
export function startRequestOf(request: z.infer<typeof transactionRequestSchema>): StartRequest {
  return camelKeys(request);
}

/** A request to stop a transaction; an empty id ends whatever is open. */
export const stopRequestSchema = z.object({ transaction_id: transactionId });

/** A request for the state of a transaction; without an id the open one, else the last. */
export const statusRequestSchema = z.object({ transaction_id: transactionId.nullish() });

/** A request that takes a fault for known which cannot mend itself. */
export const acknowledgeRequestSchema = z.object({ sub_type: z.enum(acknowledgeableFaults) });

function isIdLength(id: string): boolean {
  return [...id.slice(0, 2 * maxIdLength + 1)].length <= maxIdLength;
}
