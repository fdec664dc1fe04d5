/**
 * The parts of Wattseal for other programs: the service as a whole, the line and the meter, records and their
 * verification, and the journal for reading.
 *
 * @module
 */
export {
  type Bus,
  type Endpoint as LineEndpoint,
  type ExchangeErrorKind,
  exchangeErrorKinds,
  type ExchangeStats,
  type LatencyStats,
  Line,
  type LineChange,
  LineError,
  type LineErrorCode,
  type LineOptions,
  type LineState,
  type LineStats,
  ModbusError,
  PortError,
  type PortErrorCode,
  priorities,
  type Priority,
  type Rs485Settings,
  type RtsSettings,
  type TransferOptions,
  type WireSettings,
} from "./bridge/mod.ts";
export { type Log, type LogFields, type LogLevel, logLevels } from "./src/base/log.ts";
export { systemTime, type Time } from "./src/base/time.ts";
export {
  type ChangedDefault,
  ConfigError,
  effectiveConfig,
  type Endpoint,
  type LineSettings,
  loadConfig,
  type LoadOptions,
  type MeterSettings,
  type NatsSettings,
  type Problem,
  type Settings,
  type StreamSettings,
  type StreamsSettings,
  type TlsSettings,
} from "./src/config/mod.ts";
export {
  JournalError,
  type JournalErrorCode,
  type JournalReader,
  type ListFilter,
  type MeterMemory,
  type MeterPlace,
  openJournalReader,
  type RecordFilter,
  type RecordReason,
  recordReasons,
  type StartValue,
  type StoredChange,
  type StoredRecord,
  type StoredState,
  type StoredTransaction,
  type StoredVerdict,
  transactionStates,
} from "./src/journal/mod.ts";
export {
  type Billing,
  type Family,
  type Identity,
  MeterError,
  type MeterErrorCode,
  type MeterOptions,
  type Phases,
  type Reading,
  readOnce,
  type ReadOnceOptions,
  type SignedValue,
} from "./src/meter/mod.ts";
export {
  type Expected,
  explainRecord,
  type Explanation,
  type OcppSignedMeterValue,
  pointToSpki,
  type RecordFacts,
  recordFacts,
  spkiToPem,
  spkiToPoint,
  toOcppSignedMeterValue,
  type Verification,
  verifyLiveMap,
  verifyRecord,
} from "./src/ocmf/mod.ts";
export { type LineReport, type MeterReport, NatsSetupError, type NatsSetupErrorCode } from "./src/nats/mod.ts";
export { Service, type ServiceDeps } from "./src/service.ts";
