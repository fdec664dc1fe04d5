import * as z from "zod";
import { isTimeZone } from "../base/time_zone.ts";
import { flag, oneOf, section, text, wholeNumber } from "./leaves.ts";

const shortestIntervalMs = 500;

/** The series that a meter can be read as. The names of `src/meter/models`, which this module must not import. */
export const modelNames = ["em580", "em300", "em530", "em24", "em24_ethernet", "em100"] as const;

const zones = "the name of a time zone, Europe/Berlin for one";

function interval(what: string): z.ZodOptional<z.ZodInt> {
  return wholeNumber(shortestIntervalMs, 600_000).optional().describe(
    `Milliseconds between two reads of ${what}; less than \`live_measurement_interval_ms\` means as often as that`,
  );
}

/** The keys of a meter that `defaults` may have as well. */
export const meterParameters = section({
  communication_retry_count: wholeNumber(1, 100).default(3).describe(
    "Attempts of each read or write, once setup is through",
  ),
  communication_retry_delay_ms: wholeNumber(10, 10_000).default(500).describe(
    "Milliseconds between two of these attempts; other meters use the line meanwhile",
  ),
  communication_error_pause_delay_s: wholeNumber(1, 600).default(10).describe(
    "Seconds of pause after a failure, before setup begins again",
  ),
  initial_connection_retry_count: wholeNumber(0, 100).default(10).describe("Attempts of setup; 0 = for ever"),
  initial_connection_retry_delay_ms: wholeNumber(100, 60_000).default(2000).describe(
    "Milliseconds between two attempts of setup",
  ),
  timezone_offset_minutes: wholeNumber(-1440, 1440).default(0).describe("Local time of the meter, in minutes from UTC"),
  time_zone: text(zones).refine(isTimeZone, { error: zones }).optional().describe(
    "Local time of the meter by the name of its zone, daylight saving included; either this or " +
      "`timezone_offset_minutes`",
  ),
  invert: flag().default(false).describe(
    "The meter is mounted the other way round: readings have the other sign, import counts as export; nothing that is " +
      "signed changes",
  ),
  extended_values: flag().default(false).describe(
    "Readings hold voltages between phases, apparent power, power factor and import by phase as well, where the model " +
      "has them",
  ),
  live_measurement_interval_ms: wholeNumber(shortestIntervalMs, 60_000).default(1000).describe(
    "Milliseconds between two readings",
  ),
  device_state_read_interval_ms: wholeNumber(shortestIntervalMs, 60_000).default(10_000).describe(
    "Milliseconds between two reads of the device state",
  ),
  public_key_format: oneOf("binary", "der").default("binary").describe(
    "Public key as the raw point (`binary`) or as SubjectPublicKeyInfo (`der`)",
  ),
  monitor_transaction_state: flag().default(true).describe(
    "Watch the OCMF state while a transaction is open, and raise a fault when the meter closes it by itself",
  ),
  publish_signed_values: oneOf("every", "never", "on_demand").default("every").describe(
    "Signed values in every reading, at a transaction's start only (`never`), or at the start and in `reading.get`",
  ),
  energy_interval_ms: interval("the energies"),
  temperature_interval_ms: interval("the temperature"),
  signed_value_interval_ms: interval("the signed values"),
  verify_signed_values: flag().default(false).describe("Verify the signature of each signed value that is read"),
});

const name = "one token of letters, digits, - and _ that does not begin with _";

/** A meter, with what `defaults` says already in it. */
export const meterSchema = section({
  name: z.string({ error: name }).regex(/^[A-Za-z0-9-][A-Za-z0-9_-]*$/, { error: name }).describe(
    "Name of the meter in subjects; unique in the file",
  ),
  powermeter_device_id: wholeNumber(1, 255, " (0 is broadcast: no meter answers it)").default(1).describe(
    "Modbus unit id, unique on its line; above 247 it is outside of what Modbus assigns, with a warning",
  ),
  model: oneOf(...modelNames).optional().describe(
    "The series that the meter is read as, whatever its identification code; without it the meter's answers decide",
  ),
  ...meterParameters.shape,
});
