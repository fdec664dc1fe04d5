/**
 * What the server of the page and the page share: shapes of rows and messages, and pure functions on them. Runs in
 * browsers.
 *
 * @module
 */
export type { AccessView } from "./access_view.ts";
export { kilowattHours } from "./exact_energy.ts";
export type { FaultAdvice, FaultAdviceTable } from "./fault_advice.ts";
export type { ConnectionView, FleetChange, FleetSnapshot, RemovedRow } from "./fleet_messages.ts";
export type { LineRow, MeterRow, NodeRow, ShownFault, ShownState } from "./fleet_rows.ts";
export { FleetState } from "./fleet_state.ts";
export { IdentificationMask, type MaskedText, maskRecord, maskText } from "./identification_mask.ts";
export { joinedRows } from "./joined_rows.ts";
export type { MeterDetail, ShownKey } from "./meter_detail.ts";
export type { HistoryPoint, MeterHistory } from "./meter_history.ts";
export { csvHeader, type CsvRecord, csvRow } from "./record_csv.ts";
export type { RecordView } from "./record_view.ts";
export { defaultRows, maxRows, sessionParams, sessionQuery, SessionQueryError } from "./session_query.ts";
export type { SessionPage, SessionQuery, SessionRow, ShownIdentification, ShownVerification } from "./session_rows.ts";
export { hasVerdict, isGood, verdictChoices, verdicts } from "./verdict_choice.ts";
