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

/** A payload of the status of a node, with two undelivered records. */
export const node = {
  version: "0.1.0",
  started_at: "2026-01-31T07:00:00.000Z",
  state: "online",
  lines: [],
  meters: { "evse-1": "online" },
  meter_stats: {},
  undelivered_records: 2,
  spooled_readings: 0,
  dropped_readings: 0,
  faults: [],
  expires_at: "2026-01-31T08:01:00.000Z",
};
