import type { Log } from "../base/log.ts";
import {
  cutText,
  identificationFlagGroups,
  identificationLevels,
  identificationTypes,
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
    chargingPointType: 0,
    chargingPoint: cutText(request.evse_id, maxTextBytes),
    tariffText: transactionText(request.tariff_text, request.transaction_id).text,
  };
}

/** One register for each group: the place of the group's flag in its list. The first flag of a group is 0, like none. */
function flagNumbers(flags: readonly string[]): [number, number, number, number] {
  const [rfid, ocpp, iso15118, plmn] = identificationFlagGroups;
  const numberIn = (group: readonly string[]) => Math.max(0, ...flags.map((flag) => group.indexOf(flag)));
  return [numberIn(rfid), numberIn(ocpp), numberIn(iso15118), numberIn(plmn)];
}
