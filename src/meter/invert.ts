import type { EnergyReading, ExtendedReading, Reading } from "./types.ts";

/**
 * The reading of a meter that is mounted in the opposite direction: power and current change their sign, and import and
 * export are swapped. Voltages and frequency have no direction. Signed values do not change.
 */
export function invertReading(reading: Reading): Reading {
  const { powerW, reactivePowerVar, currentA, extended, ...others } = reading;
  return {
    ...invertEnergies(others),
    ...(powerW === undefined ? {} : { powerW: negated(powerW) }),
    ...(reactivePowerVar === undefined ? {} : { reactivePowerVar: negated(reactivePowerVar) }),
    ...(currentA === undefined ? {} : { currentA: negated(currentA) }),
    ...(extended === undefined ? {} : { extended: invertExtended(extended) }),
  };
}

type Energies = Pick<EnergyReading, "energyImportWh" | "energyExportWh">;

/** The energies with import and export swapped. */
export function invertEnergies<T extends Energies>(reading: T): Omit<T, keyof Energies> & Energies {
  const { energyImportWh, energyExportWh, ...others } = reading;
  return {
    ...others,
    ...(energyExportWh === undefined ? {} : { energyImportWh: energyExportWh }),
    ...(energyImportWh === undefined ? {} : { energyExportWh: energyImportWh }),
  };
}

/** A power factor has the sign of its power. */
function invertExtended(extended: ExtendedReading): ExtendedReading {
  const { powerFactor, energyImportByPhaseWh, energyExportByPhaseWh, ...others } = extended;
  return {
    ...others,
    ...(powerFactor === undefined ? {} : { powerFactor: negated(powerFactor) }),
    ...(energyExportByPhaseWh === undefined ? {} : { energyImportByPhaseWh: energyExportByPhaseWh }),
    ...(energyImportByPhaseWh === undefined ? {} : { energyExportByPhaseWh: energyImportByPhaseWh }),
  };
}

/** Negates the values; keeps 0 without a sign, because JSON would print -0. */
function negated<Values extends object>(values: Values): Values {
  const entries = Object.entries(values).map(([key, value]) => [key, typeof value === "number" ? 0 - value : value]);
  return Object.fromEntries(entries);
}
