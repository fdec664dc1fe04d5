import type { LineSettings, Settings } from "../config/mod.ts";
import type { Io } from "./io.ts";

/**
 * The lines of a configuration with the meter that was asked for, or with all.
 *
 * @returns undefined where there is no such meter; standard error then has the names of those that are
 */
export function chosenLines(
  settings: Settings,
  { config, meter: name }: { readonly config: string; readonly meter?: string },
  io: Pick<Io, "err">,
): LineSettings[] | undefined {
  const lines = settings.lines.flatMap((line) => {
    const meters = line.meters.filter((meter) => name === undefined || meter.name === name);
    return meters.length === 0 ? [] : [{ ...line, meters }];
  });
  if (lines.length > 0) return lines;
  const names = settings.lines.flatMap((line) => line.meters.map((meter) => meter.name));
  io.err(`cannot read meter ${name}: ${config} has ${names.join(", ")}\n`);
  return undefined;
}
