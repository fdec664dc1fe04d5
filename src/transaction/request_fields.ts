import type { Log } from "../base/log.ts";
import {
  chargingPointTypes,
  cutText,
  identificationFlagGroups,
  identificationLevels,
  identificationTypes,
  sessionModalities,
  type TransactionFields,
} from "../meter/mod.ts";
import { maxTextBytes, requestWarnings } from "./request_warnings.ts";
import type { StartRequest } from "./start_request.ts";
import { transactionText } from "./transaction_text.ts";

/**
 * Converts a request to the numbers and texts of the registers. Cuts texts that are too long, and logs the warnings for
 * the caller.
 */
export function requestFields(request: StartRequest, log: Log): TransactionFields {
  for (const warning of requestWarnings(request)) log.warn(warning, { transaction: request.transactionId });
  return {
    identificationStatus: request.identificationStatus === "ASSIGNED" ? 1 : 0,
    identificationLevel: identificationLevels.indexOf(request.identificationLevel),
    identificationFlags: flagNumbers(request.identificationFlags),
    identificationType: identificationTypes[request.identificationType],
    identificationData: cutText(request.identificationData, maxTextBytes),
    chargingPointType: chargingPointTypes.indexOf(request.chargingPointType),
    chargingPoint: cutText(request.evseId, maxTextBytes),
    tariffText: transactionText(request.tariffText, request.transactionId).text,
    sessionModality: sessionModalities.indexOf(request.sessionModality),
  };
}

/** One register for each group: the index of its first flag in the list of the group, 0 without a flag. */
function flagNumbers(flags: readonly string[]): [number, number, number, number] {
  const [rfid, ocpp, iso15118, plmn] = identificationFlagGroups;
  const numberIn = (group: readonly string[]) =>
    Math.max(0, group.indexOf(flags.find((flag) => group.includes(flag)) ?? ""));
  return [numberIn(rfid), numberIn(ocpp), numberIn(iso15118), numberIn(plmn)];
}
