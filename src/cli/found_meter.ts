import type { Parity } from "./scan_plan.ts";

/** A meter found by a scan. */
export interface FoundMeter {
  readonly unit: number;
  readonly model: string;
  readonly identification_code: number;
  readonly serial_number: string;
  /** Suspected faults of its settings or wiring, one sentence each. */
  readonly wiring: readonly string[];
  /** Only for a serial port. */
  readonly baudrate?: number;
  readonly parity?: Parity;
}
