import { cutText, identificationFlagGroups, type identificationLevels } from "../meter/mod.ts";
import type { StartRequest } from "./start_request.ts";
import { transactionText } from "./transaction_text.ts";

/** Maximum bytes of text in the registers for identification data and charging point. */
export const maxTextBytes = 39;

/** Names of the texts in a request. */
const callersNames = {
  identificationData: "identification_data",
  evseId: "evse_id",
  tariffText: "tariff_text",
} as const;

/** According to OCMF, a record with one of these levels must not be billed. */
const failedLevels: readonly typeof identificationLevels[number][] = ["MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"];

/** Warnings for the caller of a start about its future record, one sentence each. */
export function requestWarnings(request: StartRequest): string[] {
  const { tariffText, transactionId, identificationLevel } = request;
  const warnings = (["identificationData", "evseId"] as const)
    .filter((field) => cutText(request[field], maxTextBytes) !== request[field])
    .map((field) => `${callersNames[field]} is cut: the meter stores ${maxTextBytes} bytes of it`);
  if (transactionText(tariffText, transactionId).cut) {
    warnings.push("tariff_text is cut: the meter stores 250 bytes, including <=> and the transaction id");
  }
  warnings.push(...leftOutFlags(request.identificationFlags));
  warnings.push(...unescapedTexts(request));
  if (failedLevels.includes(identificationLevel)) {
    warnings.push(`identification_level is ${identificationLevel}: the session of the record will be violated`);
  }
  return warnings;
}

/** No document specifies whether a meter escapes characters for JSON, and which characters it supports. */
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

/** The meter has only one register for each group of flags. */
function leftOutFlags(flags: StartRequest["identificationFlags"]): string[] {
  return identificationFlagGroups.flatMap((group) => {
    const [first, ...others] = new Set(flags.filter((flag) => group.some((known) => known === flag)));
    if (first === undefined || others.length === 0) return [];
    const verb = others.length === 1 ? "is" : "are";
    return [
      `identification_flags: ${
        others.join(", ")
      } ${verb} omitted: the meter stores only one flag of the group, ${first}`,
    ];
  });
}
