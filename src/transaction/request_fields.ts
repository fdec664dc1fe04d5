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
 * The values of a request as numbers and texts of the registers. Texts that are too long are cut; the log has what the
 * caller is warned of.
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

/** One register for each group: the place of its first flag in the group's list, 0 without one. */
function flagNumbers(flags: readonly string[]): [number, number, number, number] {
  const [rfid, ocpp, iso15118, plmn] = identificationFlagGroups;
  const numberIn = (group: readonly string[]) =>
    Math.max(0, group.indexOf(flags.find((flag) => group.includes(flag)) ?? ""));
  return [numberIn(rfid), numberIn(ocpp), numberIn(iso15118), numberIn(plmn)];
}
