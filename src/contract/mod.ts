/**
 * What others can rely on: subjects, payloads with their schemas, endpoints, and error codes with their numbers. Nothing
 * here depends on how messages are carried.
 *
 * @module
 */
export { type Endpoint, endpoints, type EndpointTools } from "./endpoints.ts";
export { type ErrorAnswer, errorAnswer, failedAnswer } from "./error_answer.ts";
export { errorNumbers } from "./error_codes.ts";
export { type JournalEntry, journalEntry } from "./journal_entry.ts";
export type { LineReport, MeterReport } from "./line_report.ts";
export { type NodeEndpoint, nodeEndpoints, type NodeEndpointsOptions } from "./node_endpoints.ts";
export { NodeReport } from "./node_report.ts";
export { beatMs, nodeStatusPayload, type NodeStatusSource } from "./node_status.ts";
export { ocmfResult } from "./ocmf_result.ts";
export { parseRequest } from "./parse_request.ts";
export {
  faultPayload,
  powermeter,
  publicKeyOf,
  publicKeyPayload,
  type StatusParts,
  statusPayload,
} from "./payloads.ts";
export type { ServedMeter } from "./served_meter.ts";
export { meterPublications, nodePublications, type PublishedSuffix } from "./publications.ts";
export { publishMeterEvent, publishTransactionEvent } from "./publish_events.ts";
export type { Publish, Publisher, Transport, TransportParts } from "./publisher.ts";
export { requestBody } from "./request_body.ts";
export { RequestedReadings } from "./requested_readings.ts";
export { servedBySite, type ServedEndpoint } from "./served_endpoint.ts";
export { SiteStates } from "./site_states.ts";
export { StateBoard } from "./state_board.ts";
export { Statuses } from "./statuses.ts";
export {
  faultSchema,
  journalPageSchema,
  jsonSchemas,
  nodeInstanceSchema,
  nodeStatusSchema,
  powermeterSchema,
  redeliverResponseSchema,
  schemas,
  statusSchema,
} from "./schemas.ts";
export type {
  FaultPayload,
  JournalPage,
  NodeInstancePayload,
  NodeStatusPayload,
  PowermeterPayload,
  PublicKeyPayload,
  SchemaName,
  StatusPayload,
} from "./schemas.ts";
export { nodeToken, Subjects } from "./subjects.ts";
export { TransactionApi } from "./transaction_api.ts";
export { type OcmfResult, ocmfResultSchema } from "./transaction_schemas.ts";
