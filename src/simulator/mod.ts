/**
 * Simulated meters on a pseudo-terminal, based on the register map of `src/meter`.
 *
 * @module
 */
export type { Misbehaviour, RequestMatch, Scripted } from "./misbehaviour.ts";
export type { MeterVariant, SimulatedLineOptions, SimulatedMeterOptions, SimulatorDeps } from "./options.ts";
export type { LoggedRequest, RequestLog } from "./request_log.ts";
export { SimulatedLine } from "./simulated_line.ts";
export { SimulatedMeter } from "./simulated_meter.ts";
export type { Wiring } from "./wiring.ts";
export type { MeterValues, ValuesPatch } from "./values.ts";
