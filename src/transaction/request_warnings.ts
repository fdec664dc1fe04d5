import { cutText, identificationFlagGroups, type identificationLevels } from "../meter/mod.ts";
import { type TransactionRequest, transactionRequestSchema } from "./request.ts";
import { transactionText } from "./transaction_text.ts";

/** Bytes of text that the registers for identification data and charging point hold. */
export const maxTextBytes = 39;

/** By the rules of OCMF a record with one of these must not be billed. */
const failedLevels: readonly typeof identificationLevels[number][] = ["MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"];

/** What the caller of a start should know of the record that it will get: a sentence each. */
export function requestWarnings(request: TransactionRequest): string[] {
  const warnings = (["identification_data", "evse_id"] as const)
    .filter((field) => cutText(request[field], maxTextBytes) !== request[field])
    .map((field) => `${field} is cut: the meter holds ${maxTextBytes} bytes of it`);
  const { tariff_text: tariff, transaction_id: id, identification_level: level } = request;
  if (transactionText(tariff, id).cut) {
    warnings.push("tariff_text is cut: with <=> and the transaction id the meter holds 250 bytes of it");
  }
  warnings.push(...leftOutFlags(request.identification_flags));
  warnings.push(...unescapedTexts(request));
  if (failedLevels.includes(level)) {
    warnings.push(`identification_level is ${level}: it makes the session of the record violated`);
  }
  return warnings;
}

/** No document says whether a meter escapes what JSON cannot hold as it is, and which characters it knows. */
function unescapedTexts(request: TransactionRequest): string[] {
  return (["identification_data", "evse_id", "tariff_text"] as const)
    .filter((field) => /["\\]|[^ -~]/.test(request[field]))
    .map((field) =>
      `${field} holds a quote, a backslash or a letter beyond ASCII: a meter that copies it unescaped writes a record ` +
      "that cannot be read (signature malformed); use other characters"
    );
}

/** The meter has one register for each group of flags. */
function leftOutFlags(flags: TransactionRequest["identification_flags"]): string[] {
  return identificationFlagGroups.flatMap((group) => {
    const [first, ...others] = new Set(flags.filter((flag) => group.some((known) => known === flag)));
    if (first === undefined || others.length === 0) return [];
    const verb = others.length === 1 ? "is" : "are";
    return [`identification_flags: ${others.join(", ")} ${verb} left out: the meter holds one of the group, ${first}`];
  });
}

/** The warnings of a request as the journal keeps it; none where it cannot be read. */
export function storedWarnings(request: string | undefined): string[] {
  if (request === undefined) return [];
  try {
    const { data } = transactionRequestSchema.safeParse(JSON.parse(request));
    return data === undefined ? [] : requestWarnings(data);
  } catch {
    return [];
  }
}
