import * as z from "zod";
import { modelNames } from "../base/meter_names.ts";
import { isTimeZone } from "../base/time_zone.ts";
import { flag, form, oneOf, section, text, wholeNumber } from "./leaves.ts";

const minIntervalMs = 500;

const zones = "the name of a time zone, for example Europe/Berlin";

function interval(what: string): z.ZodOptional<z.ZodInt> {
  return wholeNumber(minIntervalMs, 600_000).optional().describe(
    `Milliseconds between two reads of ${what}; at least \`live_measurement_interval_ms\` is used`,
  );
}

/** The keys of a meter that are also allowed in `defaults`. */
export const meterParameters = section({
  communication_retry_count: wholeNumber(1, 100).default(3).describe(
    "Attempts of each read or write after setup",
  ),
  communication_retry_delay_ms: wholeNumber(10, 10_000).default(500).describe(
    "Milliseconds between these attempts; other meters use the line in the meantime",
  ),
  communication_error_pause_delay_s: wholeNumber(1, 600).default(10).describe(
    "Seconds to wait after a failure before setup starts again",
  ),
  initial_connection_retry_count: wholeNumber(0, 100).default(10).describe("Attempts of setup; 0: forever"),
  initial_connection_retry_delay_ms: wholeNumber(100, 60_000).default(2000).describe(
    "Milliseconds between attempts of setup",
  ),
  timezone_offset_minutes: wholeNumber(-1440, 1440).default(0).describe("Local time of the meter, in minutes from UTC"),
  time_zone: text(zones).refine(isTimeZone, { error: zones }).optional().describe(
    "Time zone of the meter, with daylight saving time; excludes `timezone_offset_minutes`",
  ),
  invert: flag().default(false).describe(
    "The meter is mounted in reverse: readings change their sign, and import counts as export; signed values do not " +
      "change",
  ),
  extended_values: flag().default(false).describe(
    "Readings also contain voltages between phases, apparent power, power factor and import by phase, if the model " +
      "has them",
  ),
  live_measurement_interval_ms: wholeNumber(minIntervalMs, 60_000).default(1000).describe(
    "Milliseconds between readings",
  ),
  device_state_read_interval_ms: wholeNumber(minIntervalMs, 60_000).default(10_000).describe(
    "Milliseconds between reads of the device state",
  ),
  public_key_format: oneOf("binary", "der").default("binary").describe(
    "Public key as the raw point (`binary`) or as SubjectPublicKeyInfo (`der`)",
  ),
  monitor_transaction_state: flag().default(true).describe(
    "Monitor the OCMF state while a transaction is open, and raise a fault if the meter closes it by itself",
  ),
  publish_signed_values: oneOf("every", "never", "on_demand").default("every").describe(
    "Signed values in every reading, only at the start of a transaction (`never`), or at the start and in " +
      "`reading.get`",
  ),
  energy_interval_ms: interval("the energies"),
  temperature_interval_ms: interval("the temperature"),
  signed_value_interval_ms: interval("the signed values"),
  interval_minutes: oneOf(5, 10, 15, 30, 60, "off").default("off").describe(
    "Length of the intervals of the load profile in minutes, whose energies are published in `interval`; `off`: none",
  ),
  verify_signed_values: flag().default(false).describe("Verify the signature of each signed value"),
});

const name = "one token of letters, digits, - and _ that does not start with _";

/** A meter, after `defaults` is copied into it. */
export const meterSchema = section({
  name: form(/^[A-Za-z0-9-][A-Za-z0-9_-]*$/, name).describe(
    "Name of the meter in subjects; unique in the file",
  ),
  powermeter_device_id: wholeNumber(1, 255, " (0 is broadcast: no meter answers)").default(1).describe(
    "Modbus unit id, unique on its line; values above 247 are outside of the Modbus range and cause a warning",
  ),
  model: oneOf(...modelNames).optional().describe(
    "Reads the meter as this series and ignores its identification code; absent: the answers of the meter decide",
  ),
  ...meterParameters.shape,
});
