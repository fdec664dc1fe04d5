/**
 * The contract with clients: subjects, payloads with their JSON schemas, endpoints, and error codes with their numbers;
 * and the interface of a transport. Nothing here depends on NATS.
 *
 * @module
 */
export { endpoints } from "./endpoints.ts";
export { errorAnswer, failedAnswer } from "./error_answer.ts";
export { errorNumbers } from "./error_codes.ts";
export { faultAdvice } from "./fault_advice.ts";
export type { LineReport, MeterReport } from "./line_report.ts";
export { intervalMessageId, intervalPayload } from "./interval_payload.ts";
export { faultSchema, intervalSchema, powermeterSchema, statusSchema } from "./meter_schemas.ts";
export type {
  FaultPayload,
  IntervalPayload,
  PowermeterPayload,
  PublicKeyPayload,
  StatusPayload,
} from "./meter_schemas.ts";
export type { MeterFigures } from "./meter_figures.ts";
export { nodeEndpoints } from "./node_endpoints.ts";
export { NodeReport } from "./node_report.ts";
export { journalPageSchema, nodeInstanceSchema, nodeStatusSchema, redeliverResponseSchema } from "./node_schemas.ts";
export type { JournalPage, NodeInstancePayload, NodeStatusPayload } from "./node_schemas.ts";
export { beatMs, nodeStatusPayload } from "./node_status.ts";
export { ocmfResult } from "./ocmf_result.ts";
export { parseRequest } from "./parse_request.ts";
export { faultPayload, powermeter, publicKeyOf, publicKeyPayload, statusPayload } from "./payloads.ts";
export { meterPublications, nodePublications, type PublishedSuffix } from "./publications.ts";
export { publishMeterEvent, publishTransactionEvent } from "./publish_events.ts";
export { ForgetError } from "./publisher.ts";
export type {
  ForgetResult,
  Forgotten,
  ForgottenLater,
  Publish,
  Publisher,
  Transport,
  TransportParts,
  WithdrawOptions,
} from "./publisher.ts";
export { requestBody } from "./request_body.ts";
export { RequestedReadings } from "./requested_readings.ts";
export { jsonSchemas, type SchemaName, schemas } from "./schemas.ts";
export { servedBySite, type ServedEndpoint, type SiteEndpoints } from "./served_endpoint.ts";
export type { ServedMeter } from "./served_meter.ts";
export { ServedMeters } from "./served_meters.ts";
export { sessionField, sessionPayload } from "./session_payload.ts";
export type { SessionPayload } from "./session_schema.ts";
export { SiteStates } from "./site_states.ts";
export { StateBoard } from "./state_board.ts";
export { Statuses } from "./statuses.ts";
export { nodeToken, Subjects } from "../base/subjects.ts";
export { TransactionApi } from "./transaction_api.ts";
export { errorSchema, type OcmfResult, ocmfResultSchema, transactionSchemas } from "./transaction_schemas.ts";
export type {
  AcknowledgeAnswer,
  FailedAnswer,
  StartAnswer,
  StatusAnswer,
  StopAnswer,
  TransactionRequest,
} from "./transaction_schemas.ts";
