/**
 * The NATS transport: the connection, the micro service, streams, and the delivery of records and readings.
 *
 * @module
 */
export { NatsNode } from "./node.ts";
export type { NatsNodeOptions, NatsNodeParts } from "./node_parts.ts";
export { connectOnce } from "./connect_once.ts";
export { connectPatiently } from "./connect_patiently.ts";
export type { Reconnection } from "./connect_once.ts";
export { connectFailureText, isRefusedCertificate, isRefusedUser, type ServerOptions } from "./server_options.ts";
export { natsFailpoints } from "./failpoints.ts";
export { apiPrefix, leafRights, neededRights, removalRight, responsesText } from "./needed_rights.ts";
export type { ResponseRights, Rights, RightsScope, Role } from "./needed_rights.ts";
export { NatsSetupError, natsSetupErrorCodes } from "./setup_error.ts";
export type { NatsSetupErrorCode } from "./setup_error.ts";
export { deniedIn, deniedText } from "./denied.ts";
export { streamInfo } from "./stream_lookup.ts";
export { processWith } from "./instances.ts";
export { jetstreamOf } from "./jetstream_of.ts";
export { apiCode, invalidConfig, jetstreamReason, messageNotFound, streamNotFound } from "./jetstream_reason.ts";
export { neededSubjects, streamConfig, streamKinds, streamName, usedKinds } from "./streams.ts";
export type { StreamKind, StreamOptions } from "./streams.ts";
export { credentialsExpiryMs } from "./jwt_expiry.ts";
export { usualInbox } from "./missing_permission.ts";
export { missingRights } from "./missing_rights.ts";
export { type JetStreamRoom, jetstreamRoom, type StreamReport, streamReports } from "./stream_report.ts";
