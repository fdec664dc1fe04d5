import type { MeterSettings } from "../../src/base/meter_settings.ts";
import { configText, load } from "./config_text.ts";

/** The default settings of the meter `evse-1` in a minimal configuration. */
export function defaultMeterSettings(): MeterSettings {
  const settings = load(configText()).lines[0]?.meters[0];
  if (settings === undefined) throw new TypeError("The configuration has no meter");
  return settings;
}
