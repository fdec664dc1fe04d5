import type { PowermeterPayload } from "../contract/mod.ts";
import { type Column, decimals, textTable } from "./text_table.ts";

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

const columns: readonly Column[] = [
  { title: "meter", width: 8, side: "left" },
  { title: "model", width: 12, side: "left" },
  { title: "state", width: 11, side: "left" },
  { title: "readings", width: 8, side: "right" },
  { title: "V L1", width: 7, side: "right" },
  { title: "A L1", width: 8, side: "right" },
  { title: "W total", width: 9, side: "right" },
  { title: "Hz", width: 6, side: "right" },
  { title: "Wh import", width: 12, side: "right" },
  { title: "transaction", width: 30, side: "left" },
];

/** The table as lines of text. */
export function demoTable(rows: readonly DemoRow[]): string[] {
  return textTable(
    columns,
    rows.map(({ meter, model, state, count, reading, transaction }) => [
      meter,
      model,
      state,
      String(count),
      decimals(reading?.voltage_V?.L1, 1),
      decimals(reading?.current_A?.L1, 3),
      decimals(reading?.power_W?.total, 1),
      decimals(reading?.frequency_Hz?.L1, 1),
      decimals(reading?.energy_Wh_import?.total, 0),
      transaction,
    ]),
  );
}
