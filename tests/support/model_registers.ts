import { type Field, type MeterModel, meterModels } from "../../src/meter/mod.ts";
import { fieldsOf } from "../../src/meter/firmware.ts";

/** A register of a model with its value. */
export interface NamedRegister {
  readonly name: string;
  readonly field: Field;
}

/** Every register of a model. */
export function modelRegisters(model: MeterModel): NamedRegister[] {
  const { firmware, productionYear, live, energies, temperature, deviceState } = model;
  const named = (name: string, fields: readonly (Field | undefined)[]) =>
    fields.flatMap((field) => field === undefined ? [] : [{ name, field }]);
  return [
    ...named("firmware measure", firmware.measure ? fieldsOf(firmware.measure) : []),
    ...named("firmware communication", firmware.communication ? fieldsOf(firmware.communication) : []),
    ...named("serial number", model.serialNumber),
    ...named("production year", [productionYear]),
    ...named("measuring system", [model.wiring?.system.field]),
    ...named("wiring", model.wiring?.checks.flatMap(({ field, onlyIf }) => [field, onlyIf?.field]) ?? []),
    ...live.flatMap(({ fields, extended = {} }) =>
      [...Object.entries(fields), ...Object.entries(extended)].map(([name, field]) => ({ name, field }))
    ),
    ...energies.flatMap(({ importWh, exportWh, importByPhaseWh = [] }) => [
      ...named("energy import by phase", importByPhaseWh),
      ...named("energy import", importWh),
      ...named("energy export", exportWh),
    ]),
    ...named("temperature", [temperature]),
    ...named("device state", [deviceState?.field]),
  ];
}

/** The model with a name. */
export function modelNamed(name: string): MeterModel {
  const model = meterModels.find((other) => other.name === name);
  if (model === undefined) throw new Error(`There is no model ${name}`);
  return model;
}
