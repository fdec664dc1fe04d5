import { snakeKeys } from "../base/key_case.ts";
import type {
  chargingPointTypes,
  identificationFlagGroups,
  identificationLevels,
  identificationTypes,
  sessionModalities,
} from "../meter/mod.ts";

/** A request to start a transaction; every field has a value that the meter supports. */
export interface StartRequest {
  readonly evseId: string;
  /** 1 to 64 ASCII characters. */
  readonly transactionId: string;
  readonly identificationStatus: "ASSIGNED" | "NOT_ASSIGNED";
  readonly identificationType: keyof typeof identificationTypes;
  /** At most four. */
  readonly identificationFlags: readonly (typeof identificationFlagGroups)[number][number][];
  readonly identificationLevel: typeof identificationLevels[number];
  readonly identificationData: string;
  readonly tariffText: string;
  /** Kind of `evseId`. */
  readonly chargingPointType: typeof chargingPointTypes[number];
  /** Direction of the energy. */
  readonly sessionModality: typeof sessionModalities[number];
}

/** The request in the journal: JSON with the field names of earlier releases. */
export function requestText(request: StartRequest): string {
  return JSON.stringify(snakeKeys(request));
}
