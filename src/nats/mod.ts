/**
 * The bus: subjects, payloads and their schemas, the micro service, streams, and the delivery of records.
 *
 * @module
 */
export { NatsNode } from "./node.ts";
export type { NatsNodeOptions, NatsNodeParts } from "./node_parts.ts";
export { connectOnce } from "./connect_once.ts";
export { connectFailureText, isRefusedCertificate, isRefusedUser, type ServerOptions } from "./server_options.ts";
export type { LineReport, MeterReport } from "./line_report.ts";
export { natsFailpoints } from "./failpoints.ts";
export { powermeter, publicKeyOf } from "./payloads.ts";
export type { MeterPost } from "./posts.ts";
export { apiPrefix, leafRights, neededRights, responsesText } from "./needed_rights.ts";
export type { ResponseRights, Rights, RightsScope, Role } from "./needed_rights.ts";
export { NatsSetupError } from "./setup_error.ts";
export type { NatsSetupErrorCode } from "./setup_error.ts";
export {
  faultSchema,
  journalPageSchema,
  nodeStatusSchema,
  powermeterSchema,
  redeliverResponseSchema,
  statusSchema,
} from "./schemas.ts";
export type { FaultPayload, JournalPage, NodeStatusPayload, PowermeterPayload, StatusPayload } from "./schemas.ts";
export { deniedIn, deniedText } from "./denied.ts";
export { streamInfo } from "./holder.ts";
export { jetstreamOf } from "./jetstream_of.ts";
export { apiCode, jetstreamReason, messageNotFound, streamNotFound } from "./jetstream_reason.ts";
export { neededSubjects, streamConfig, streamKinds, streamName } from "./streams.ts";
export type { StreamKind, StreamOptions } from "./streams.ts";
export { nodeToken } from "./subjects.ts";
