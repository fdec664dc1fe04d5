import { readBilling } from "./billing.ts";
import { meterIdOf } from "../base/meter_id.ts";
import { believeSecondRefusal, isRefusal } from "./refusal.ts";
import { readSerialNumber, type SerialNumberTools } from "./serial_number.ts";
import type { RegisterAccess } from "./register_access.ts";
import { em300Codes, em300Year, em580Energy, em580Year, firmware, identificationCode, live } from "./registers.ts";
import type { Billing, Family, Identity } from "./types.ts";

/** What identification takes beside the registers. */
export type IdentifyTools = Omit<SerialNumberTools, "family">;

/** A meter as setup found it. */
export interface Identified {
  readonly identity: Identity;
  /** Whether it has time registers. */
  readonly hasClock: boolean;
}

/**
 * Reads who the meter is. Registers that it refuses are taken for registers that it does not have; every other failure
 * is thrown.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused a register that every meter has
 * @throws {MeterError} its serial number is implausible, and a plausible one is known
 */
export async function identify(registers: RegisterAccess, tools: IdentifyTools = {}): Promise<Identified> {
  const everywhere = registers.with({ repeatRefused: true });
  const code = await everywhere.value(identificationCode);
  const versions = await everywhere.block(firmware);
  const identityOf = async (family: Family, billing: Billing): Promise<Identity> => ({
    code,
    family,
    model: family === "em580" ? "EM580" : "EM300/ET300",
    firmware: { measure: firmwareText(versions.measure), communication: firmwareText(versions.communication) },
    ...await readPlate(registers, { ...tools, family }),
    billing,
  });
  const listed = em300Codes.has(code);
  if (listed) {
    const reason = `code ${code} is a meter of the EM300/ET300 series, which has no OCMF`;
    return { identity: await identityOf("em300", { able: false, reason }), hasClock: false };
  }
  const { billing, refused } = await readBilling(registers, code);
  const family = refused && !await answersAsEm580(registers) ? "em300" : "em580";
  return { identity: await identityOf(family, billing), hasClock: !refused };
}

/** `1.6.3` for 1603h: major and minor are the nibbles of the high byte, the revision is the low byte. */
export function firmwareText(word: number): string {
  return `${word >> 12}.${word >> 8 & 0xf}.${word & 0xff}`;
}

async function readPlate(
  registers: RegisterAccess,
  tools: SerialNumberTools,
): Promise<Pick<Identity, "serialNumber" | "productionYear" | "meterId">> {
  const serialNumber = await readSerialNumber(registers.with({ repeatRefused: true }), tools);
  const productionYear = await readYear(registers, tools.family);
  const meterId = meterIdOf(serialNumber, productionYear);
  return { serialNumber, meterId, ...(productionYear !== undefined && { productionYear }) };
}

async function readYear(registers: RegisterAccess, family: Family): Promise<number | undefined> {
  try {
    return await believeSecondRefusal(() => registers.value(family === "em580" ? em580Year : em300Year));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** An unlisted meter without OCMF may be of either family: its live registers tell. */
async function answersAsEm580(registers: RegisterAccess): Promise<boolean> {
  try {
    await believeSecondRefusal(() => registers.read(live.start, live.words));
    await believeSecondRefusal(() => registers.read(em580Energy.start, em580Energy.words));
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}
