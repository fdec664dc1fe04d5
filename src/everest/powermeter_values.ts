import type { PowermeterPayload } from "../contract/mod.ts";
import type { Energies } from "./last_energies.ts";

interface Phases {
  readonly L1?: number | undefined;
  readonly L2?: number | undefined;
  readonly L3?: number | undefined;
}

type Sum = Phases & { readonly total: number };

/** The payload of `m2e/powermeter_values`. What was not read is absent. */
export interface PowermeterValues {
  readonly timestamp: string;
  readonly meter_id: string;
  readonly phase_seq_error?: boolean;
  readonly energy_Wh_import: Sum;
  readonly energy_Wh_export?: Sum;
  readonly power_W?: Sum;
  readonly voltage_V?: Phases;
  readonly VAR?: Sum;
  readonly current_A?: Phases;
  readonly frequency_Hz?: Phases;
  readonly signed_meter_value?: PowermeterPayload["signed_meter_value"];
}

/**
 * A reading in the form of EVerest. Values that EVerest does not know are left out, and sums by phase without their
 * total, which it requires.
 */
export function powermeterValues(reading: PowermeterPayload, energies: Energies): PowermeterValues {
  const { timestamp, meter_id, phase_seq_error, voltage_V, current_A, frequency_Hz, signed_meter_value } = reading;
  const { power_W, VAR } = reading;
  return {
    timestamp,
    meter_id,
    ...(phase_seq_error !== undefined && { phase_seq_error }),
    energy_Wh_import: energies.energy_Wh_import,
    ...(energies.energy_Wh_export !== undefined && { energy_Wh_export: energies.energy_Wh_export }),
    ...(hasTotal(power_W) && { power_W }),
    ...(voltage_V !== undefined && { voltage_V }),
    ...(hasTotal(VAR) && { VAR }),
    ...(current_A !== undefined && { current_A }),
    ...(frequency_Hz !== undefined && { frequency_Hz }),
    ...(signed_meter_value !== undefined && { signed_meter_value }),
  };
}

function hasTotal(values: PowermeterPayload["power_W"]): values is Sum {
  return values?.total !== undefined;
}
