/**
 * What the server of the page and the page share: shapes of rows and messages, and pure functions on them. Runs in
 * browsers.
 *
 * @module
 */
export type { AccessView } from "./access_view.ts";
export type { ConnectionView, FleetChange, FleetSnapshot, RemovedRow } from "./fleet_messages.ts";
export type { LineRow, MeterRow, NodeRow, ShownFault, ShownState } from "./fleet_rows.ts";
export { FleetState } from "./fleet_state.ts";
export type { MeterDetail, ShownKey } from "./meter_detail.ts";
export type { HistoryPoint, MeterHistory } from "./meter_history.ts";
export type { SessionPage, SessionQuery, SessionRow, ShownIdentification, ShownVerification } from "./session_rows.ts";
