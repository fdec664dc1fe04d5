const phases = { L1: 230.1, L2: 230, L3: 229.9 };
/** A payload of `reading`. */
export const reading = {
  timestamp: "2026-01-31T07:59:59.500Z",
  meter_id: "BY1234567.2024",
  power_W: { total: 6900.3, ...phases },
  voltage_V: phases,
  VAR: { total: 0, ...phases },
  current_A: { L1: 10.001, L2: 10, L3: 10 },
  frequency_Hz: { L1: 50 },
  energy_Wh_import: { total: 12_345_678 },
};
/** A payload of `status`, with a running transaction. */
export const status = (state: string): Record<string, unknown> => ({
  state,
  transaction: { state: "running", transaction_id: "0d3f6f5e-6c1b-4c1e" },
  since: "2026-01-31T07:00:00.000Z",
  timestamp: "2026-01-31T07:00:00.000Z",
});
