import type { LineSettings, Settings } from "../../src/config/mod.ts";
import { load } from "../support/config_text.ts";

/** Lines in short: the name of each line, with its keys and its meters as `name: unit` or `name: unit, keys`. */
export type ShortLines = Readonly<Record<string, { readonly keys?: string; readonly meters: Record<string, string> }>>;

/** The settings of a file with these lines; the port of a line is `/dev/<name of the line>` unless its keys name one. */
export function settingsOf(lines: ShortLines, top = ""): Settings {
  const text = Object.entries(lines).map(([name, { keys = "", meters }]) => {
    const port = /serial_port|gateway/.test(keys) ? "" : `, serial_port: /dev/${name}`;
    const list = Object.entries(meters).map(([meter, unit]) => `{ name: ${meter}, powermeter_device_id: ${unit} }`);
    return `  - { name: ${name}${port}${keys === "" ? "" : `, ${keys}`}, meters: [${list.join(", ")}] }\n`;
  });
  return load(`site: berlin-01\nlines:\n${text.join("")}${top}`);
}

/** Only the lines of these settings. */
export function linesOf(lines: ShortLines): readonly LineSettings[] {
  return settingsOf(lines).lines;
}
