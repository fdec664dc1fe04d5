import type { LineSettings, Settings } from "../config/mod.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

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
  const chosen = settings.lines.flatMap((line) => {
    const meters = line.meters.filter((meter) => name === undefined || meter.name === name);
    return meters.length === 0 ? [] : [{ ...line, meters }];
  });
  if (chosen.length > 0) return chosen;
  const names = settings.lines.flatMap((line) => line.meters.map((meter) => meter.name));
  io.err(lines(`cannot read meter ${name}: ${config} has ${names.join(", ")}`));
  return undefined;
}
