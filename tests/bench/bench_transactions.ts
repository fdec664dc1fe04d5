/** Tariff text of all transactions of a measurement. */
export const tariffText = "0.49 EUR/kWh";

/** Id of a transaction, from 0. The ids are known in advance, because the meter in C cannot sign. */
export function transactionId(transaction: number): string {
  return `bench-${transaction}`;
}

/** Unit of a transaction: the units take turns. */
export function transactionUnit(transaction: number, units: number): number {
  return transaction % units + 1;
}
