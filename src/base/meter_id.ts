/** How a meter is called on the bus: its serial number and, where it tells one, its year of production. */
export function meterIdOf(serialNumber: string, productionYear: number | undefined): string {
  return productionYear === undefined ? serialNumber : `${serialNumber}.${productionYear}`;
}

/** The serial number of a meter id: what stands before the year. */
export function serialNumberIn(meterId: string): string {
  return meterId.replace(/\.\d{1,5}$/, "");
}
