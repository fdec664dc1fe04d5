/** The published id of a meter: its serial number and, if known, its year of production. */
export function meterIdOf(serialNumber: string, productionYear: number | undefined): string {
  return productionYear === undefined ? serialNumber : `${serialNumber}.${productionYear}`;
}

/** The serial number in a meter id: the part before the year. */
export function serialNumberIn(meterId: string): string {
  return meterId.replace(/\.\d{1,5}$/, "");
}
