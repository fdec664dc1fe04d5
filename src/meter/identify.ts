import { meterIdOf } from "../base/meter_names.ts";
import { readPublicKeyPoint } from "./billing.ts";
import type { Field } from "./codec.ts";
import { MeterError } from "./errors.ts";
import { findLayout } from "./find_layout.ts";
import { findModel, type FindModelTools, type FoundModel } from "./find_model.ts";
import { readFirmware } from "./firmware.ts";
import type { MeterModel } from "./meter_model.ts";
import { isRefusal, retryRefusalOnce } from "./refusal.ts";
import { readSerialNumber, type SerialNumberTools } from "./serial_number.ts";
import type { RegisterAccess } from "./register_access.ts";
import { identificationCode } from "./registers.ts";
import { unlessSilent } from "./silence.ts";
import type { Billing, Identity } from "./types.ts";
import type { Wiring } from "./wiring.ts";

/** Dependencies of identification. */
export interface IdentifyTools extends Omit<SerialNumberTools, "model">, FindModelTools {}

/** Result of identification. */
export interface Identified extends Pick<FoundModel, "hasClock" | "mayBillLater"> {
  readonly identity: Identity;
  readonly wiring: Wiring;
}

/**
 * Identifies the meter. A refused register counts as missing; every other failure is thrown.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused a register that every meter has
 * @throws {MeterError} its serial number is implausible, but a plausible one is known; its model is unknown; or it was
 * replaced meanwhile
 */
export async function identify(registers: RegisterAccess, tools: IdentifyTools = {}): Promise<Identified> {
  const retryingRefusals = registers.with({ repeatRefused: true });
  const code = await retryingRefusals.value(identificationCode);
  const { model, billing, hasClock, mayBillLater } = await findModel(registers, code, tools);
  const own = registers.of(model);
  const firmware = await readFirmware(own, model);
  const plate = await readPlate(own, model, tools);
  const { layout, wiring } = await findLayout(own, model, code);
  await requireSameKey(own, billing);
  const identity: Identity = { code, family: model.name, model: model.title, firmware, ...plate, layout, billing };
  return { identity, hasClock, mayBillLater, wiring };
}

/** The key is read first and last: another meter may have answered when the serial number was read. */
async function requireSameKey(registers: RegisterAccess, billing: Billing): Promise<void> {
  if (!billing.able || await readPublicKeyPoint(registers, billing.keyBits) === billing.publicKeyPoint) return;
  throw new MeterError("replaced", "its public key changed while the meter was identified; another meter may answer");
}

async function readPlate(
  registers: RegisterAccess,
  model: MeterModel,
  tools: IdentifyTools,
): Promise<Pick<Identity, "serialNumber" | "productionYear" | "meterId">> {
  const serialNumber = await readSerialNumber(registers.with({ repeatRefused: true }), { ...tools, model });
  const { productionYear: yearField } = model;
  const productionYear = yearField && await readYear(registers, yearField);
  const meterId = meterIdOf(serialNumber, productionYear);
  return { serialNumber, meterId, ...(productionYear !== undefined && { productionYear }) };
}

/** Undefined: the meter does not have the register. */
async function readYear(registers: RegisterAccess, field: Field): Promise<number | undefined> {
  try {
    const read = () => retryRefusalOnce(() => registers.value(field));
    const year = await unlessSilent(registers, read);
    return year === undefined ? undefined : Number(year);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
