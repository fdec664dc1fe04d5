import type { Log } from "../base/log.ts";
import {
  cutText,
  identificationFlagGroups,
  identificationLevels,
  identificationTypes,
  type TransactionFields,
} from "../meter/mod.ts";
import type { TransactionRequest } from "./request.ts";
import { transactionText } from "./transaction_text.ts";

/** Bytes of text that the registers for identification data and charging point hold. */
const maxTextBytes = 39;

/** The values of a request as numbers and texts of the registers. Texts that are too long are cut, with a warning. */
export function requestFields(request: TransactionRequest, log: Log): TransactionFields {
  const fit = (name: string, text: string): string => {
    const kept = cutText(text, maxTextBytes);
    if (kept !== text) warnOfCut(log, request, name, maxTextBytes);
    return kept;
  };
  const tariffText = transactionText(request.tariff_text, request.transaction_id);
  if (tariffText.cut) warnOfCut(log, request, "tariff_text", 250);
  return {
    identificationStatus: request.identification_status === "ASSIGNED" ? 1 : 0,
    identificationLevel: identificationLevels.indexOf(request.identification_level),
    identificationFlags: flagNumbers(request.identification_flags),
    identificationType: identificationTypes[request.identification_type],
    identificationData: fit("identification_data", request.identification_data),
    chargingPointType: 0,
    chargingPoint: fit("evse_id", request.evse_id),
    tariffText: tariffText.text,
  };
}

/** One register for each group: the place of the group's flag in its list. The first flag of a group is 0, like none. */
function flagNumbers(flags: readonly string[]): [number, number, number, number] {
  const [rfid, ocpp, iso15118, plmn] = identificationFlagGroups;
  const numberIn = (group: readonly string[]) => Math.max(0, ...flags.map((flag) => group.indexOf(flag)));
  return [numberIn(rfid), numberIn(ocpp), numberIn(iso15118), numberIn(plmn)];
}

function warnOfCut(log: Log, request: TransactionRequest, field: string, maxBytes: number): void {
  log.warn(`${field} is longer than its field and was cut: ${maxBytes} bytes fit`, {
    transaction: request.transaction_id,
  });
}
