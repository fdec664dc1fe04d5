import type { ListedSite } from "../fleet/mod.ts";
import { printable } from "../base/text.ts";
import { age } from "./age_text.ts";
import { fittedColumns } from "./fitted_columns.ts";
import { type Column, textTable, widthOf } from "./text_table.ts";

interface SiteColumn extends Omit<Column, "width"> {
  /** The most characters that it shows. */
  readonly maxWidth: number;
  /** The characters that it needs to be useful. @default all of its values */
  readonly minWidth?: number;
  readonly cell: (site: ListedSite) => string;
}

const columns: readonly SiteColumn[] = [
  { title: "site", maxWidth: 16, minWidth: 8, side: "left", cell: ({ site }) => site },
  { title: "state", maxWidth: 8, side: "left", cell: ({ state }) => state },
  { title: "version", maxWidth: 10, side: "left", cell: ({ version }) => version ?? "" },
  {
    title: "last beat",
    maxWidth: 9,
    side: "right",
    cell: ({ lastBeatSeconds: seconds }) => seconds === undefined ? "" : age(seconds * 1000),
  },
  { title: "lines", maxWidth: 7, side: "right", cell: ({ lines: all }) => share(all, "open") },
  { title: "meters", maxWidth: 7, side: "right", cell: ({ meters }) => share(meters, "online") },
  {
    title: "open",
    maxWidth: 5,
    side: "right",
    cell: ({ openTransactions }) => String(Object.keys(openTransactions).length),
  },
  { title: "waiting", maxWidth: 7, side: "right", cell: ({ undeliveredRecords }) => String(undeliveredRecords) },
  { title: "faults", maxWidth: 60, minWidth: 10, side: "left", cell: faultsText },
];

/**
 * A table with one line for each site. If it is too wide, the version is omitted, and then long texts are cut.
 *
 * @param width in characters
 */
export function siteTable(sites: readonly ListedSite[], width: number): string[] {
  const all = columns.map((column) => {
    const widest = sites.reduce((most, site) => Math.max(most, printable(column.cell(site)).length), 0);
    const own = Math.min(column.maxWidth, Math.max(column.title.length, widest));
    return { ...column, width: own, minWidth: column.minWidth ?? own };
  });
  const fitting = widthOf(all) <= width ? all : all.filter(({ title }) => title !== "version");
  const shown = fittedColumns(fitting, width);
  return textTable(shown, sites.map((site) => shown.map(({ cell }) => cell(site))));
}

function share(states: Readonly<Record<string, string>>, good: string): string {
  const all = Object.values(states);
  return all.length === 0 ? "" : `${all.filter((state) => state === good).length}/${all.length}`;
}

function faultsText({ faults, duplicates }: ListedSite): string {
  const names = faults.map(({ meter, sub_type: subType }) => meter === undefined ? subType : `${meter} ${subType}`);
  return [...duplicates.map((meter) => `${meter} is served by two nodes`), ...names].join(", ");
}
