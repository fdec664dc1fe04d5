import { cutText, identificationFlagGroups, type identificationLevels } from "../meter/mod.ts";
import type { StartRequest } from "./start_request.ts";
import { transactionText } from "./transaction_text.ts";

/** Bytes of text that the registers for identification data and charging point hold. */
export const maxTextBytes = 39;

/** How whoever sends a request calls its texts. */
const callersNames = {
  identificationData: "identification_data",
  evseId: "evse_id",
  tariffText: "tariff_text",
} as const;

/** By the rules of OCMF a record with one of these must not be billed. */
const failedLevels: readonly typeof identificationLevels[number][] = ["MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"];

/** What the caller of a start should know of the record that it will get: a sentence each. */
export function requestWarnings(request: StartRequest): string[] {
  const { tariffText, transactionId, identificationLevel } = request;
  const warnings = (["identificationData", "evseId"] as const)
    .filter((field) => cutText(request[field], maxTextBytes) !== request[field])
    .map((field) => `${callersNames[field]} is cut: the meter holds ${maxTextBytes} bytes of it`);
  if (transactionText(tariffText, transactionId).cut) {
    warnings.push("tariff_text is cut: with <=> and the transaction id the meter holds 250 bytes of it");
  }
  warnings.push(...leftOutFlags(request.identificationFlags));
  warnings.push(...unescapedTexts(request));
  if (failedLevels.includes(identificationLevel)) {
    warnings.push(`identification_level is ${identificationLevel}: it makes the session of the record violated`);
  }
  return warnings;
}

/** No document says whether a meter escapes what JSON cannot hold as it is, and which characters it knows. */
function unescapedTexts(request: StartRequest): string[] {
  return (["identificationData", "evseId", "tariffText"] as const)
    .filter((field) => /["\\]|[^ -~]/.test(request[field]))
    .map((field) =>
      `${
        callersNames[field]
      } holds a quote, a backslash or a letter beyond ASCII: a meter that copies it unescaped writes a record ` +
      "that cannot be read (signature malformed); use other characters"
    );
}

/** The meter has one register for each group of flags. */
function leftOutFlags(flags: StartRequest["identificationFlags"]): string[] {
  return identificationFlagGroups.flatMap((group) => {
    const [first, ...others] = new Set(flags.filter((flag) => group.some((known) => known === flag)));
    if (first === undefined || others.length === 0) return [];
    const verb = others.length === 1 ? "is" : "are";
    return [`identification_flags: ${others.join(", ")} ${verb} left out: the meter holds one of the group, ${first}`];
  });
}
