import { readBilling } from "./billing.ts";
import { meterIdOf } from "../base/meter_id.ts";
import { readFirmware } from "./firmware.ts";
import type { MeterModel } from "./meter_model.ts";
import { assumedModel, modelOfCode, modelsWithoutBilling } from "./models/index.ts";
import { energyFields, liveReads, planReads } from "./read_plan.ts";
import { believeSecondRefusal, isRefusal } from "./refusal.ts";
import { readSerialNumber, type SerialNumberTools } from "./serial_number.ts";
import type { RegisterAccess } from "./register_access.ts";
import { identificationCode } from "./registers.ts";
import type { Billing, Identity } from "./types.ts";

/** What identification takes beside the registers. */
export type IdentifyTools = Omit<SerialNumberTools, "layouts">;

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
  const { model, billing, hasClock } = await findModel(registers, code);
  const identity: Identity = {
    code,
    family: model.name,
    model: model.title,
    firmware: await readFirmware(everywhere, model),
    ...await readPlate(registers, model, tools),
    layout: { model, energies: model.energies[0] },
    billing,
  };
  return { identity, hasClock };
}

interface FoundModel {
  readonly model: MeterModel;
  readonly billing: Billing;
  readonly hasClock: boolean;
}

async function findModel(registers: RegisterAccess, code: number): Promise<FoundModel> {
  const listed = modelOfCode(code);
  if (listed !== undefined && listed.billing === undefined) {
    const reason = `code ${code} is a meter of the ${listed.title} series, which has no OCMF`;
    return { model: listed, billing: { able: false, reason }, hasClock: false };
  }
  const { billing, refused } = await readBilling(registers, code);
  const model = refused ? await modelByAnswers(registers) : assumedModel;
  return { model, billing, hasClock: !refused };
}

/** An unlisted meter without OCMF may be of any series: its live values and energies tell. */
async function modelByAnswers(registers: RegisterAccess): Promise<MeterModel> {
  if (await answersAs(registers, assumedModel)) return assumedModel;
  return modelsWithoutBilling[0] ?? assumedModel;
}

async function answersAs(registers: RegisterAccess, model: MeterModel): Promise<boolean> {
  const energies = planReads(energyFields(model.energies[0]), () => 1, model);
  try {
    for (const { start, words } of [...liveReads(model), ...energies]) {
      await believeSecondRefusal(() => registers.read(start, words));
    }
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

async function readPlate(
  registers: RegisterAccess,
  { serialNumber: layouts, productionYear: yearField }: MeterModel,
  tools: IdentifyTools,
): Promise<Pick<Identity, "serialNumber" | "productionYear" | "meterId">> {
  const serialNumber = await readSerialNumber(registers.with({ repeatRefused: true }), { ...tools, layouts });
  const productionYear = yearField && await unlessRefused(async () => Number(await registers.value(yearField)));
  const meterId = meterIdOf(serialNumber, productionYear);
  return { serialNumber, meterId, ...(productionYear !== undefined && { productionYear }) };
}

/** Undefined: the meter has no such register. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await believeSecondRefusal(read);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
