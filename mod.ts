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
  priorities,
  type Priority,
  type TransferOptions,
} from "./src/line/mod.ts";
export { ModbusError } from "./src/modbus/mod.ts";
export {
  PortError,
  type PortErrorCode,
  type Rs485Settings,
  type RtsSettings,
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
  type BillingRegisters,
  type BitField,
  type ClockRegisters,
  type Encoding,
  type EnergyRegisters,
  type ExtendedReading,
  type ExtendedValue,
  type Family,
  type Field,
  type FirmwareRegisters,
  type FirmwareVersion,
  type Identity,
  type LeastFirmware,
  type LiveBlock,
  type LiveValue,
  MeterError,
  type MeterErrorCode,
  type MeterLayout,
  type MeterModel,
  meterModels,
  type MeterOptions,
  type Phases,
  type PhaseValues,
  type PowerValues,
  type Reading,
  readOnce,
  type ReadOnceOptions,
  type SignedValue,
  type WiringCheck,
  type WiringRegisters,
  type WordOrder,
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
export type { LineReport, MeterReport } from "./src/contract/mod.ts";
export { NatsSetupError, type NatsSetupErrorCode } from "./src/nats/mod.ts";
export { Service, type ServiceDeps } from "./src/service.ts";
