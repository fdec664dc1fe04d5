/** The published id of a meter: its serial number and, if known, its year of production. */
export function meterIdOf(serialNumber: string, productionYear: number | undefined): string {
  return productionYear === undefined ? serialNumber : `${serialNumber}.${productionYear}`;
}

/** The serial number in a meter id: the part before the year. */
export function serialNumberIn(meterId: string): string {
  return meterId.replace(/\.\d{1,5}$/, "");
}

/**
 * The names of the series of meters, for a configuration and for help texts. A test compares them with the models in
 * `src/meter/models`, which rooms of a lower rank cannot import.
 */
export const modelNames = ["em580", "em300", "em530", "em24", "em24_ethernet", "em100"] as const;
