/**
 * Meters: register maps as data, identification, live readings, the clock, and the single steps of a transaction.
 *
 * @module
 */
export type { Encoding, Field, ValueOf, WordOrder } from "./codec.ts";
export { cutText, decodeField, encodeInteger, encodeText, withoutTrailingNuls, wordsOf } from "./codec.ts";
export { LineError } from "../line/mod.ts";
export { ModbusError } from "../modbus/mod.ts";
export { PortError } from "../../bridge/mod.ts";
export type { PlannedGroup, PlanOptions } from "./cycle_plan.ts";
export { groupCost, lineShare, planCycle } from "./cycle_plan.ts";
export type { MeterErrorCode } from "./errors.ts";
export { MeterError, meterErrorCodes } from "./errors.ts";
export type { FaultSubType, MeterFault, MeterFaults } from "./faults.ts";
export { faultKinds } from "./faults.ts";
export { wattHours } from "./energies.ts";
export { Meter } from "./meter.ts";
export { serialNumberIn } from "../base/meter_names.ts";
export type {
  BillingRegisters,
  BitField,
  ClockRegisters,
  EnergyRegisters,
  ExtendedValue,
  FirmwareRegisters,
  FirmwareVersion,
  LiveBlock,
  LiveValue,
  MeterLayout,
  MeterModel,
  MinFirmware,
  WiringCheck,
  WiringRegisters,
} from "./meter_model.ts";
export { assumedModel, meterModels, modelNamed, modelOfCode } from "./models/index.ts";
export { modelRegisters, type NamedRegister } from "./model_registers.ts";
export type { MeterOptions } from "./meter_options.ts";
export { isClosed } from "./refusal.ts";
export type { ReadOnceDeps, ReadOnceOptions, ReadOnceResult } from "./read_once.ts";
export type { Identified } from "./identify.ts";
export { identifyOnce, readOnce } from "./read_once.ts";
export type { PlannedRead, ReadCost } from "./read_plan.ts";
export * as registers from "./registers.ts";
export type { OcmfState } from "./registers.ts";
export {
  chargingPointTypes,
  identificationFlagGroups,
  identificationLevels,
  identificationTypes,
  ocmfStates,
  sessionModalities,
} from "./registers.ts";
export type {
  Billing,
  EnergyReading,
  ExtendedReading,
  Family,
  Identity,
  MeterEvent,
  MeterState,
  Phases,
  PhaseValues,
  PowerValues,
  Reading,
  SignedValue,
  TransactionFields,
  TransactionSteps,
} from "./types.ts";
