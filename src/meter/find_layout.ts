import type { WordOrder } from "./codec.ts";
import { measuredValue } from "./measured_value.ts";
import type { EnergyRegisters, MeterLayout, MeterModel } from "./meter_model.ts";
import { energyFields, planReads } from "./read_plan.ts";
import { unlessAbsent } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { unlessSilent } from "./silence.ts";
import { readWiring, type Wiring } from "./wiring.ts";

/** A higher voltage is impossible. */
const maxVoltageV = 100_000;

/**
 * Finds the registers of a model that a meter has, and how it is installed.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused a register that every meter of the model has
 */
export async function findLayout(
  registers: RegisterAccess,
  model: MeterModel,
  code: number,
): Promise<{ readonly layout: MeterLayout; readonly wiring: Wiring }> {
  const isSample = model.sampleCodes?.includes(code) ?? false;
  const wordOrder = isSample && await hasHighWordFirst(registers, model) ? "high_first" : "low_first";
  const energies = await findEnergies(registers, model);
  const wiring = await readWiring(registers, model);
  const { threePhase } = wiring;
  const layout: MeterLayout = {
    model,
    wordOrder,
    ...(energies === undefined ? {} : { energies }),
    ...(threePhase === undefined ? {} : { threePhase }),
  };
  return { layout, wiring };
}

/** The best energies that the meter has; a model without alternatives needs no request. */
async function findEnergies(registers: RegisterAccess, model: MeterModel): Promise<EnergyRegisters | undefined> {
  const { energies } = model;
  if (energies.length === 1) return energies[0];
  for (const candidate of energies) {
    const reads = planReads(energyFields(candidate), registers.cost, model);
    const words = await unlessSilent(registers, () => unlessAbsent(() => registers.readAll(reads)));
    if (words !== undefined) return candidate;
  }
  return undefined;
}

/** Whether the voltages are only possible with the high word first. */
async function hasHighWordFirst(registers: RegisterAccess, model: MeterModel): Promise<boolean> {
  const block = model.live.find(({ fields }) => fields.voltageL1 !== undefined);
  if (block === undefined) return false;
  const words = await registers.readAll([block]);
  const { voltageL1, voltageL2, voltageL3 } = block.fields;
  const fields = [voltageL1, voltageL2, voltageL3].filter((field) => field !== undefined);
  const possible = (wordOrder: WordOrder) =>
    fields.every((field) => {
      const voltage = measuredValue({ model, wordOrder }, field, words.of(field));
      return voltage === undefined || voltage >= 0 && voltage <= maxVoltageV;
    });
  return possible("high_first") && !possible("low_first");
}
