import type { MeterSettings } from "../../src/base/meter_settings.ts";
import { configText, load } from "./config_text.ts";

/** The settings of the meter `evse-1` of a configuration that has only what it must: the defaults. */
export function defaultMeterSettings(): MeterSettings {
  const settings = load(configText()).lines[0]?.meters[0];
  if (settings === undefined) throw new TypeError("The configuration has no meter");
  return settings;
}
