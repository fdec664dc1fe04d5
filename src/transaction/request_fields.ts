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
import type { TransactionRequest } from "./request.ts";
import { maxTextBytes, requestWarnings } from "./request_warnings.ts";
import { transactionText } from "./transaction_text.ts";

/**
 * The values of a request as numbers and texts of the registers. Texts that are too long are cut; the log has what the
 * caller is warned of.
 */
export function requestFields(request: TransactionRequest, log: Log): TransactionFields {
  for (const warning of requestWarnings(request)) log.warn(warning, { transaction: request.transaction_id });
  return {
    identificationStatus: request.identification_status === "ASSIGNED" ? 1 : 0,
    identificationLevel: identificationLevels.indexOf(request.identification_level),
    identificationFlags: flagNumbers(request.identification_flags),
    identificationType: identificationTypes[request.identification_type],
    identificationData: cutText(request.identification_data, maxTextBytes),
    chargingPointType: chargingPointTypes.indexOf(request.charging_point_type),
    chargingPoint: cutText(request.evse_id, maxTextBytes),
    tariffText: transactionText(request.tariff_text, request.transaction_id).text,
    sessionModality: sessionModalities.indexOf(request.session_modality),
  };
}

/** One register for each group: the place of its first flag in the group's list, 0 without one. */
function flagNumbers(flags: readonly string[]): [number, number, number, number] {
  const [rfid, ocpp, iso15118, plmn] = identificationFlagGroups;
  const numberIn = (group: readonly string[]) =>
    Math.max(0, group.indexOf(flags.find((flag) => group.includes(flag)) ?? ""));
  return [numberIn(rfid), numberIn(ocpp), numberIn(iso15118), numberIn(plmn)];
}
