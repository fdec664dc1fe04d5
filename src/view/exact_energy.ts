/**
 * An energy in kilowatt-hours with all its digits: `22125.0` Wh are `22.1250`.
 *
 * @param energyWh decimal text in watt-hours
 */
export function kilowattHours(energyWh: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(energyWh);
  if (parts === null) return energyWh;
  const [, sign = "", whole = "", fraction = ""] = parts;
  const digits = whole.padStart(4, "0");
  return `${sign}${digits.slice(0, -3)}.${digits.slice(-3)}${fraction}`;
}
