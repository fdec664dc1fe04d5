import { fitsModel } from "./fits_model.ts";
import { readBilling } from "./billing.ts";
import type { MeterModel } from "./meter_model.ts";
import { assumedModel, modelOfCode, modelsWithoutBilling } from "./models/index.ts";
import { unlessAbsent } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { billing as billingRegisters } from "./registers.ts";
import type { Billing } from "./types.ts";
import type { UnlistedCode } from "./unlisted_code.ts";

/** The series of a meter, and what it can do. */
export interface FoundModel {
  readonly model: MeterModel;
  readonly billing: Billing;
  /** Whether it has time registers. */
  readonly hasClock: boolean;
  /** Whether it may yet be able to bill, although it cannot now. */
  readonly mayBillLater: boolean;
}

/** What finding the model takes beside the registers. */
export interface FindModelTools {
  /** The model that the configuration says; absent: the meter says it. */
  readonly forced?: MeterModel | undefined;
  /** Decides about a code without a model; absent: the meter is metered as what its answers look like. */
  readonly unlisted?: UnlistedCode | undefined;
}

/**
 * Finds the series of a meter. A meter that answers the registers of OCMF transactions bills, whatever its code, unless
 * its code rules it out.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter is busy
 * @throws {MeterError} `unknown_model`: it has a code without a model, and no OCMF registers
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
    // A meter that bills has the OCMF state, too, with or without a key.
    const hasOcmf = !refused && (billing.able || await hasOcmfState(registers));
    if (!hasOcmf) return withoutBilling(listed, code);
  }
  if (!refused) return { model: assumedModel, billing, hasClock: true, mayBillLater: !billing.able };
  if (forced === undefined) await unlisted?.requireMeterable(registers, code);
  const model = forced ?? await modelByAnswers(registers);
  return { model, billing, hasClock: false, mayBillLater: true };
}

function withoutBilling(model: MeterModel, code: number): FoundModel {
  const reason = `code ${code} is a meter of the ${model.title} series, which has no OCMF`;
  return { model, billing: { able: false, reason }, hasClock: false, mayBillLater: false };
}

async function hasOcmfState(registers: RegisterAccess): Promise<boolean> {
  const { at } = billingRegisters.transaction.ocmfState;
  return await unlessAbsent(() => registers.read(at, 1)) !== undefined;
}

/** A meter without OCMF under an unlisted code may be of any series: its live values and energies decide. */
async function modelByAnswers(registers: RegisterAccess): Promise<MeterModel> {
  return await fitsModel(registers, assumedModel) ? assumedModel : modelsWithoutBilling[0] ?? assumedModel;
}
