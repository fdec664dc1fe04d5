import type { Parity } from "./scan_plan.ts";

/** A meter that was found. */
export interface FoundMeter {
  readonly unit: number;
  readonly model: string;
  readonly identification_code: number;
  readonly serial_number: string;
  /** What is wrong with its settings or its wiring, one sentence each. */
  readonly wiring: readonly string[];
  /** Of a serial port. */
  readonly baudrate?: number;
  readonly parity?: Parity;
}
