/**
 * The fleet as one: what its nodes report, and whether all of their records are at the hub.
 *
 * @module
 */
export { auditSite } from "./audit.ts";
export type { AuditOptions } from "./audit.ts";
export { auditFleet } from "./audit_fleet.ts";
export type { FleetAuditOptions } from "./audit_fleet.ts";
export { findingKinds, isClean } from "./audit_result.ts";
export type { AuditCounts, Finding, FindingKind, SiteAudit } from "./audit_result.ts";
export { siteCredentials, userCredentials } from "./credentials.ts";
export type { SiteCredentialsOptions, UserCredentialsOptions } from "./credentials.ts";
export { createAccount, createOperator, operatorConfig } from "./operator.ts";
export type { FleetAccount, FleetAccountOptions, FleetOperator } from "./operator.ts";
export { answerPrefixes, credentialsRoles, inboxPrefixOf } from "./roles.ts";
export type { CredentialsRole } from "./roles.ts";
export { planCredentials, planOperatorFolder, readAccountKeys } from "./operator_folder.ts";
export type { AccountKeys, HubRole, OperatorFolderOptions } from "./operator_folder.ts";
export { planRenewal } from "./operator_renewal.ts";
export type { RenewalOptions } from "./operator_renewal.ts";
export { FleetError, FleetUsageError } from "./patient.ts";
export type { Patience } from "./patient.ts";
export { openHub } from "./hub_access.ts";
export type { HubAccess } from "./hub_access.ts";
export { planSiteAdd } from "./site_add.ts";
export type { SiteFilesOptions } from "./site_add.ts";
export type { CustodyOptions } from "./site_custody.ts";
export { planMeterRemoval, planSiteRemoval } from "./site_remove.ts";
export { planSiteRename } from "./site_rename.ts";
export type { AddedSite, SitePlace } from "./site_sources.ts";
export { planSetup, TopologyError } from "./setup.ts";
export type { SetupOptions } from "./setup.ts";
export type { FleetStep } from "./step.ts";
export { hubWindowMs } from "./stream_plan.ts";
export type { ReadingsChoice, Topology } from "./stream_plan.ts";
export { deniedIn, deniedText } from "./denied.ts";
export type { Denied } from "./denied.ts";
export { findStream } from "./find_stream.ts";
export { Fleet, isLost } from "./fleet.ts";
export type { FleetMeter, FleetNews, FleetNode } from "./fleet.ts";
export { listFleet } from "./list.ts";
export type { FleetList, ListedFault, ListedSite, ListOptions } from "./list.ts";
export { apiOf, readStream } from "./read_stream.ts";
