import type { PowermeterPayload } from "../nats/mod.ts";

/** What the live table shows of one meter. */
export interface DemoRow {
  readonly meter: string;
  readonly model: string;
  /** Readings so far. */
  count: number;
  reading?: PowermeterPayload;
  state: string;
  transaction: string;
}

const columns = [
  ["meter", 8],
  ["model", 12],
  ["state", 11],
  ["readings", 8],
  ["V L1", 7],
  ["A L1", 8],
  ["W total", 9],
  ["Hz", 6],
  ["Wh import", 12],
  ["transaction", 30],
] as const;

/** The table as lines of text; without colours, so that it can go to a file. */
export function demoTable(rows: readonly DemoRow[]): string[] {
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(([, width]) => "-".repeat(width))),
    ...rows.map(({ meter, model, state, count, reading, transaction }) =>
      line([
        meter,
        model,
        state,
        String(count),
        decimals(reading?.voltage_V.L1, 1),
        decimals(reading?.current_A.L1, 3),
        decimals(reading?.power_W.total, 1),
        decimals(reading?.frequency_Hz.L1, 1),
        decimals(reading?.energy_Wh_import?.total, 0),
        transaction,
      ])
    ),
  ];
}

/** Texts stand left, values right. */
function line(cells: readonly string[]): string {
  return cells.map((cell, place) => {
    const width = columns[place]?.[1] ?? 0;
    return place < 3 || place === columns.length - 1 ? cell.padEnd(width) : cell.padStart(width);
  }).join("  ").trimEnd();
}

function decimals(value: number | undefined, places: number): string {
  return value === undefined ? "" : value.toFixed(places);
}
