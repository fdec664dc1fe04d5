/**
 * The parts of Wattseal for other programs: the service as a whole, the line and the meter, records and their
 * verification, and the journal for reading.
 *
 * @example Verify a record with the public key on the meter
 * ```ts
 * import assert from "node:assert/strict";
 * import { recordFacts, sessionOf, verifyRecord } from "@wattseal/wattseal";
 *
 * const publicKey = "0475549D6C545D56221357358296C699666D67DC99C8C9A68246D87D4160FF6B3E" +
 *   "7193F3147AA778EB6C3BD8D26E140D92C791EB1626E541BCBB6CE21747F513BA";
 * // The signature covers exact bytes: a record is kept and passed on as it was read
 * const record = new TextEncoder().encode(
 *   `OCMF|{"FV":"1.2","PG":"T7","MS":"AB123","IS":true,"IT":"NONE","TT":"<=>tx-1","RD":[` +
 *     `{"TM":"2026-01-10T08:00:00,000+0000 S","TX":"B","RV":"10.000","RI":"1-b:1.8.0","RU":"kWh","ST":"G"},` +
 *     `{"TM":"2026-01-10T09:30:00,000+0000 S","TX":"E","RV":"32.125","RI":"1-b:1.8.0","RU":"kWh","ST":"G"}]}` +
 *     `|{"SD":"3044022019990B7A1100EE315B1257A6B03B1F4B1AE082B18DD66AFE722822053213CC0B0220` +
 *     `72C15268C7058163AAA4AF0CA784AEB4627542CDE9E9540CF1B2B84C1D4996E9","SA":"ECDSA-brainpoolP256r1-SHA256"}`,
 * );
 *
 * const verification = verifyRecord(record, publicKey, { transactionId: "tx-1", serialNumber: "AB123" });
 * assert.equal(verification.signature, "valid");
 * assert.equal(verification.session, "ok");
 * assert.deepEqual(verification.problems, []);
 * assert.equal(recordFacts(record).pagination, 7);
 *
 * // What the text states, whatever the verdict is: energies are decimal texts in Wh
 * const session = sessionOf(record);
 * assert.equal(session?.energyWh, "22125");
 * assert.equal(session?.durationMs, 5_400_000);
 *
 * // One changed digit, and the signature no longer fits
 * const changed = new TextEncoder().encode(new TextDecoder().decode(record).replace("32.125", "32.126"));
 * assert.equal(verifyRecord(changed, publicKey, {}).signature, "invalid");
 * ```
 *
 * @example Read a meter once, without the service
 * ```ts
 * import assert from "node:assert/strict";
 * import { Line, LineError, readOnce, systemTime } from "@wattseal/wattseal";
 *
 * // In place of a real gateway: it answers each read of unit 1 from these registers, and 0 for all others
 * const registers = new Map([[0x000b, 332], [0x0000, 2301], [0x5000, 0x4142], [0x5001, 0x3132], [0x5010, 2026]]);
 * const gateway = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * void (async () => {
 *   for await (const connection of gateway) {
 *     const request = new Uint8Array(12);
 *     while (await connection.read(request) !== null) {
 *       if (request[6] !== 1) continue;
 *       const [address, count] = [new DataView(request.buffer).getUint16(8), new DataView(request.buffer).getUint16(10)];
 *       const answer = new DataView(new ArrayBuffer(9 + 2 * count));
 *       request.subarray(0, 8).forEach((byte, at) => answer.setUint8(at, byte));
 *       answer.setUint16(4, 3 + 2 * count);
 *       answer.setUint8(8, 2 * count);
 *       for (let at = 0; at < count; at++) answer.setUint16(9 + 2 * at, registers.get(address + at) ?? 0);
 *       await connection.write(new Uint8Array(answer.buffer));
 *     }
 *   }
 * })();
 *
 * const line = new Line({
 *   name: "rs485-1",
 *   endpoint: { kind: "modbus-tcp", host: "127.0.0.1", port: gateway.addr.port },
 *   ...{ baudrate: 9600, parity: "none", stopBits: 1, rtscts: false, ignoreEcho: false },
 *   ...{ initialTimeoutMs: 500, withinMessageTimeoutMs: 50, retries: 0 },
 * });
 * assert.equal(await line.start(), undefined);
 *
 * const quiet = { error() {}, warn() {}, info() {}, debug() {} };
 * const { identity, reading } = await readOnce(
 *   { unit: 1, communicationRetryCount: 10, communicationRetryDelayMs: 100, publishSignedValues: "never" },
 *   line,
 *   { time: systemTime, log: quiet },
 * );
 * assert.equal(identity.meterId, "AB12.2026");
 * assert.equal(reading.voltageV?.L1, 230.1);
 *
 * // One register of one unit; no unit 2 answers
 * assert.deepEqual(await line.read(1, 0x000b, 1, { priority: "live", attempts: 10 }), Uint8Array.of(0x01, 0x4c));
 * await assert.rejects(line.read(2, 0x000b, 1, { priority: "live" }), LineError);
 *
 * await line.close();
 * gateway.close();
 * ```
 *
 * @example Check a configuration
 * ```ts
 * import assert from "node:assert/strict";
 * import { ConfigError, loadConfig } from "@wattseal/wattseal";
 *
 * const text = `
 * site: berlin-01
 * nats: { servers: [127.0.0.1:4222] }
 * lines:
 *   - name: rs485-1
 *     serial_port: /dev/ttyUSB0
 *     meters:
 *       - { name: evse-1, powermeter_device_id: 1 }
 * `;
 * const options = { path: "site.yaml", env: () => undefined };
 * const settings = loadConfig(text, options);
 * assert.equal(settings.lines[0]?.meters[0]?.liveMeasurementIntervalMs, 1000);
 *
 * // All mistakes of the file at once, each with its place
 * const isHelpful = (error: unknown) =>
 *   error instanceof ConfigError && error.problems[0]?.key === "lines[0].meters[0].powermeter_device_id";
 * assert.throws(() => loadConfig(text.replace("device_id: 1", "device_id: 300"), options), isHelpful);
 * ```
 *
 * @example Run the service inside another program, and read its journal
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadConfig, openJournalReader, Service } from "@wattseal/wattseal";
 *
 * const folder = await Deno.makeTempDir();
 * const text = `
 * site: berlin-01
 * state_dir: ${folder}
 * nats: { servers: [127.0.0.1:9] }
 * lines:
 *   - name: rs485-1
 *     gateway: modbus-tcp://127.0.0.1:9
 *     meters:
 *       - { name: evse-1, powermeter_device_id: 1 }
 * `;
 * const lines: string[] = [];
 * const write = (message: string) => lines.push(message);
 * const service = await Service.start(loadConfig(text, { path: "site.yaml", env: () => undefined }), {
 *   log: { error: write, warn: write, info: write, debug() {} },
 * });
 *
 * // Neither the server nor the gateway exists: the service logs that, and tries again until it is stopped
 * assert.deepEqual(service.stats().map(({ name, state }) => `${name} is ${state}`), ["rs485-1 is closed"]);
 * await service.stop();
 * assert.ok(lines.some((line) => line.includes("modbus-tcp://127.0.0.1:9")));
 *
 * const journal = openJournalReader(folder);
 * assert.deepEqual([journal.transactions({}), journal.undelivered()], [[], 0]);
 * journal.close();
 * await Deno.remove(folder, { recursive: true });
 * ```
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
  lineErrorCodes,
  type LineOptions,
  type LineState,
  type LineStats,
  priorities,
  type Priority,
  type TransferOptions,
  type WriteOptions,
} from "./src/line/mod.ts";
export { ModbusError } from "./src/modbus/mod.ts";
export {
  PortError,
  type PortErrorCode,
  portErrorCodes,
  type Rs485Settings,
  type RtsSettings,
  type WireSettings,
} from "./bridge/mod.ts";
export { type Log, type LogFields, type LogLevel, logLevels } from "./src/base/log.ts";
export type { Severity } from "./src/base/fault_board.ts";
export type { HealthProblem } from "./src/base/health_problem.ts";
export type { StuckLine } from "./src/base/stuck_line.ts";
export { systemTime, type Time } from "./src/base/time.ts";
export {
  type ChangedDefault,
  ConfigError,
  type ConfigErrorCode,
  configErrorCodes,
  effectiveConfig,
  type Endpoint,
  type LineSettings,
  loadConfig,
  type LoadOptions,
  type MeterSettings,
  type NatsSettings,
  type Problem,
  type PublicKeyFormat,
  type Settings,
  type StreamSettings,
  type StreamsSettings,
  type TlsSettings,
  type TrustedProxySettings,
  type WebSettings,
} from "./src/config/mod.ts";
export {
  JournalError,
  type JournalErrorCode,
  journalErrorCodes,
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
  type LiveBlock,
  type LiveValue,
  MeterError,
  type MeterErrorCode,
  meterErrorCodes,
  type MeterLayout,
  type MeterModel,
  meterModels,
  type MeterOptions,
  type MinFirmware,
  type Phases,
  type PhaseValues,
  type PowerValues,
  type Reading,
  readOnce,
  type ReadOnceDeps,
  type ReadOnceOptions,
  type ReadOnceResult,
  type SignedValue,
  type WiringCheck,
  type WiringRegisters,
  type WordOrder,
} from "./src/meter/mod.ts";
export {
  type Expected,
  explainRecord,
  type Explanation,
  type JoinedSession,
  joinedSession,
  type OcppContext,
  type OcppMeasurand,
  type OcppMeterValue,
  type OcppMeterValue16,
  type OcppRecord,
  type OcppSampledValue,
  type OcppSampledValue16,
  type OcppSignedMeterValue,
  type OcppUnit,
  type OcppUnitOfMeasure,
  pointToSpki,
  type RecordFacts,
  recordFacts,
  type RecordSession,
  type SessionEnergy,
  type SessionIdentification,
  sessionOf,
  spkiToPem,
  spkiToPoint,
  type TimeFlag,
  toOcppRecord,
  toOcppSignedMeterValue,
  type Verification,
  verifyLiveMap,
  verifyRecord,
} from "./src/ocmf/mod.ts";
export type { LineReport, MeterFigures, MeterReport } from "./src/contract/mod.ts";
export type { ServiceFigures } from "./src/metrics/mod.ts";
export type { NodeFigures } from "./src/health/mod.ts";
export type { DiskRoom } from "./src/base/disk_room.ts";
export { NatsSetupError, type NatsSetupErrorCode, natsSetupErrorCodes } from "./src/nats/mod.ts";
export { Service, type ServiceDeps } from "./src/service.ts";
export { type AcknowledgeableFault, type ReloadResult, RestartRequired } from "./src/station/mod.ts";
export { ForgetError, type ForgetResult, type Forgotten, type ForgottenLater } from "./src/contract/mod.ts";
