import { fitsModel } from "./fits_model.ts";
import { readBilling } from "./billing.ts";
import type { MeterModel } from "./meter_model.ts";
import { assumedModel, modelOfCode, modelsWithoutBilling } from "./models/index.ts";
import { unlessAbsent } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { billing as billingRegisters } from "./registers.ts";
import type { Billing } from "./types.ts";
import type { UnlistedCode } from "./unlisted_code.ts";

/** The series of a meter and its capabilities. */
export interface FoundModel {
  readonly model: MeterModel;
  readonly billing: Billing;
  /** Whether it has time registers. */
  readonly hasClock: boolean;
  /** Whether it may be able to bill later, although it cannot now. */
  readonly mayBillLater: boolean;
}

/** Dependencies of finding the model. */
export interface FindModelTools {
  /** The configured model; undefined: it depends on the meter. */
  readonly forced?: MeterModel | undefined;
  /** Decides about an unknown code; undefined: the model that fits the answers is used. */
  readonly unlisted?: UnlistedCode | undefined;
}

/**
 * Finds the series of a meter. A meter that answers at the registers of OCMF transactions can bill, unless its code
 * excludes this.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter is busy
 * @throws {MeterError} `unknown_model`: its code is unknown, and it has no OCMF registers
 */
export async function findModel(
  registers: RegisterAccess,
  code: number,
  { forced, unlisted }: FindModelTools,
): Promise<FoundModel> {
  const listed = forced ?? modelOfCode(code);
  if (listed !== undefined && (forced !== undefined || listed.codesWithoutOcmf.includes(code))) {
    if (listed.billing === undefined) return withoutBilling(listed, code);
  }
  const { billing, refused } = await readBilling(registers, code);
  if (listed !== undefined && listed.billing === undefined) {
    // A meter that can bill also has the OCMF state, with or without a key
    const hasOcmf = !refused && (billing.able || await hasOcmfState(registers));
    if (!hasOcmf) return withoutBilling(listed, code);
  }
  if (!refused) return { model: assumedModel, billing, hasClock: true, mayBillLater: !billing.able };
  if (forced === undefined) await unlisted?.requireMeterable(registers, code);
  const model = forced ?? await modelByAnswers(registers);
  return { model, billing, hasClock: false, mayBillLater: true };
}

function withoutBilling(model: MeterModel, code: number): FoundModel {
  const reason = `code ${code} belongs to the ${model.title} series, which has no OCMF`;
  return { model, billing: { able: false, reason }, hasClock: false, mayBillLater: false };
}

async function hasOcmfState(registers: RegisterAccess): Promise<boolean> {
  const { at } = billingRegisters.transaction.ocmfState;
  return await unlessAbsent(() => registers.read(at, 1)) !== undefined;
}

/** A meter without OCMF and with an unknown code can be of any series: its live values and energies decide. */
async function modelByAnswers(registers: RegisterAccess): Promise<MeterModel> {
  return await fitsModel(registers, assumedModel) ? assumedModel : modelsWithoutBilling[0] ?? assumedModel;
}
