import { type LineSettings, meterNames, type Settings } from "../config/mod.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/**
 * Returns the lines of a configuration that have the named meter, or all lines if no meter is named.
 *
 * @returns undefined if the meter is unknown; standard error then lists the known meters
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
  io.err(lines(`Unknown meter ${name}: ${config} has ${meterNames(settings).join(", ")}`));
  return undefined;
}
