import { powermeterSchema } from "../contract/mod.ts";
import type { MeterValues } from "../interval/mod.ts";
import type { Spool } from "../spool/mod.ts";

/** The values are stored each minute, in which a meter has at most this many readings. More would delay the start. */
const maxReadings = 600;

/**
 * The values of a meter in the spool that its intervals do not have yet: an earlier process has read them, and was killed
 * before it stored them.
 *
 * @param takenAfterMs wall clock in milliseconds of the newest values that its intervals have
 */
export function spooledValues(
  spool: Pick<Spool, "since">,
  meter: string,
  takenAfterMs: number,
): MeterValues[] {
  return spool.since(meter, takenAfterMs, maxReadings).flatMap(({ payload, takenAtMs }): MeterValues[] => {
    const { data } = powermeterSchema.safeParse(valueOf(payload));
    if (data === undefined) return [];
    const { meter_id: meterId, energy_Wh_import: imported, energy_Wh_export: exported, power_W: power } = data;
    return [{
      meterId,
      takenAtMs,
      ...(imported === undefined ? {} : { energyImportWh: imported.total }),
      ...(exported === undefined ? {} : { energyExportWh: exported.total }),
      ...(power?.total === undefined ? {} : { powerW: power.total }),
      isReading: true,
    }];
  });
}

/** The value of a JSON text; undefined: the text is damaged. */
function valueOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
