import type { ExplanationWords } from "./words.ts";

/** The parts of an OBIS code `A-B:C.D.E*F` that define a register: no leading zeros, letters in upper case. */
export interface Obis {
  readonly medium: string;
  readonly quantity: string;
  readonly kind: string;
}

const pattern = /^\s*([0-9a-f]+)-[0-9a-z]+:([0-9a-f]+)\.([0-9a-f]+)(?:\.[0-9a-z]+(?:[.*][0-9a-z]+)?)?\s*$/i;
const importQuantities = ["1", "98", "9E", "B0", "B1", "B2", "B3"];
const exportQuantities = ["2", "C0", "C1", "C2", "C3"];
/** Registers of one energy: the first counts always, the second only during a transaction. */
const totalAndTransaction = [["B0", "B2"], ["B1", "B3"], ["C0", "C2"], ["C1", "C3"]] as const;
const compensatedQuantities = ["98", "B1", "B3", "C1", "C3"];

/** Parses `1-0:1.8.0`, `01-00:98.08.00.FF`, `1-b:1.8.e` or `1-0:1.8.0*198`. Undefined for other texts. */
export function parseObis(text: string): Obis | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const [, medium = "", quantity = "", kind = ""] = parts;
  return { medium: plain(medium), quantity: plain(quantity), kind: plain(kind) };
}

/** Whether a register counts electric energy over time. */
export function isEnergy(obis: Obis): boolean {
  return obis.medium === "1" && obis.kind === "8";
}

/** Whether a register is used for billing: C is 1, 98, 9E or B0 to C7. */
export function isBilling(obis: Obis): boolean {
  const quantity = parseInt(obis.quantity, 16);
  const isNamed = importQuantities.includes(obis.quantity) || (quantity >= 0xb0 && quantity <= 0xc7);
  return isEnergy(obis) && isNamed;
}

/** Whether cable losses are compensated. Such a register has priority over all others. */
export function isCompensated(obis: Obis): boolean {
  return isEnergy(obis) && compensatedQuantities.includes(obis.quantity);
}

/** The direction of the energy, seen from the grid; undefined if the register has none that is known here. */
export function directionOf(obis: Obis): "import" | "export" | undefined {
  if (!isEnergy(obis)) return undefined;
  if (importQuantities.includes(obis.quantity)) return "import";
  return exportQuantities.includes(obis.quantity) ? "export" : undefined;
}

/**
 * Whether two registers count the same energy: one always, and the other during a transaction only. Both are in the same
 * direction, and at the same point: at the meter, or with compensated losses at the vehicle.
 */
export function isSameEnergy(one: Obis, other: Obis): boolean {
  if (!isEnergy(one) || !isEnergy(other)) return false;
  const found = [one.quantity, other.quantity];
  return totalAndTransaction.some((pair) => pair.every((quantity) => found.includes(quantity)));
}

/** The meaning of a register. */
export function obisMeaning(text: string, { registers }: Pick<ExplanationWords, "registers">): string {
  const obis = parseObis(text);
  if (obis === undefined || !isEnergy(obis)) return registers.other;
  const direction = directionOf(obis);
  if (direction === undefined) return registers.energy;
  return isCompensated(obis) ? `${registers[direction]}, ${registers.compensated}` : registers[direction];
}

function plain(part: string): string {
  return part.toUpperCase().replace(/^0+(?=.)/, "");
}
