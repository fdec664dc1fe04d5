import type { SimulatedKind, SimulatedMeterOptions } from "./options.ts";

/** Who a simulated meter is, all defaults filled in. */
export interface SimulatedIdentity {
  readonly kind: SimulatedKind;
  readonly unit: number;
  readonly name: string;
  readonly identificationCode: number;
  readonly serialNumber: string;
  readonly productionYear: number | undefined;
  /** Words of registers 300771 and 300772. */
  readonly firmware: { readonly measure: number; readonly communication: number };
  /** As a record names it: `M_1.6.3-C_1.6.3`. */
  readonly firmwareText: string;
}

const longestSerial = { em580: 13, em340: 7 } as const;

/** @throws {RangeError} on a unit, serial number or firmware that a meter cannot have */
export function simulatedIdentity(options: SimulatedMeterOptions): SimulatedIdentity {
  const { kind = "em580", unit, firmware = { measure: "1.6.3", communication: "1.6.3" } } = options;
  if (!Number.isInteger(unit) || unit < 1 || unit > 247) throw new RangeError(`Unit ${unit}: 1 to 247 are possible`);
  const digits = String(unit).padStart(3, "0");
  const serialNumber = options.serialNumber ?? (kind === "em580" ? `KZ1234567${digits}D` : `SIM4${digits}`);
  if (serialNumber.length > longestSerial[kind]) {
    throw new RangeError(`Serial number "${serialNumber}": an ${kind} holds ${longestSerial[kind]} characters`);
  }
  return {
    kind,
    unit,
    name: options.name ?? `sim-${unit}`,
    identificationCode: options.identificationCode ?? (kind === "em580" ? 580 : 340),
    serialNumber,
    productionYear: options.productionYear ?? (kind === "em580" ? 2024 : undefined),
    firmware: { measure: firmwareWord(firmware.measure), communication: firmwareWord(firmware.communication) },
    firmwareText: `M_${firmware.measure}-C_${firmware.communication}`,
  };
}

function firmwareWord(version: string): number {
  const [major = -1, minor = -1, revision = -1] = version.split(".").map(Number);
  const fits = (part: number, most: number) => Number.isInteger(part) && part >= 0 && part <= most;
  if (!fits(major, 15) || !fits(minor, 15) || !fits(revision, 255)) {
    throw new RangeError(`Firmware "${version}": major.minor.revision with 0..15, 0..15, 0..255 is possible`);
  }
  return major << 12 | minor << 8 | revision;
}
