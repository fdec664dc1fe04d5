/**
 * Fleet commands: the state of all nodes, and whether all of their records are at the hub.
 *
 * @module
 */
export { auditSite } from "./audit.ts";
export { auditFleet } from "./audit_fleet.ts";
export { isClean } from "./audit_result.ts";
export type { Finding, SiteAudit } from "./audit_result.ts";
export { siteCredentials, userCredentials } from "./credentials.ts";
export { createAccount, createOperator, operatorConfig } from "./operator.ts";
export { answerPrefixes, inboxPrefixOf } from "./roles.ts";
export type { CredentialsRole } from "./roles.ts";
export { planCredentials, planOperatorFolder } from "./operator_folder.ts";
export type { HubRole, OperatorFolderOptions } from "./operator_folder.ts";
export { planRenewal } from "./operator_renewal.ts";
export type { RenewalOptions } from "./operator_renewal.ts";
export { FleetError, FleetUsageError } from "./retries.ts";
export type { RetryLimit } from "./retries.ts";
export { openHub } from "./hub_access.ts";
export type { HubAccess } from "./hub_access.ts";
export { planSiteAdd } from "./site_add.ts";
export type { SiteFilesOptions } from "./site_add.ts";
export { planMeterRemoval, planSiteRemoval } from "./site_remove.ts";
export { planSiteRename } from "./site_rename.ts";
export { planSetup } from "./setup.ts";
export type { SetupOptions } from "./setup.ts";
export type { FleetStep } from "./step.ts";
export { FleetSource } from "./fleet_source.ts";
export type { FleetEntry, SourceEvents, SourceOptions } from "./fleet_source.ts";
export { findStream } from "./find_stream.ts";
export { Fleet, isLost } from "./fleet.ts";
export type { FleetMeter, FleetNode, FleetUpdate } from "./fleet.ts";
export { listFleet } from "./list.ts";
export type { ListedFault, ListedSite } from "./list.ts";
export { membersOf, payloadOf } from "./payload.ts";
export { readStream, type StreamSlice } from "./read_stream.ts";
