import type { MeterSettings, Settings, StreamsSettings } from "./settings.ts";

/**
 * Bytes of a reading, measured with an EM580 that has a key of 384 bits, a meter id of 15 characters and subjects of
 * about 35, on nats-server 2.9.10. A meter without signed values publishes as much as one that leaves them out.
 */
export const readingBytes = {
  /** Payload with power, voltage, current and frequency only. */
  base: 336,
  /** Payload of the energies. */
  energies: 70,
  /** Payload of the temperature. */
  temperature: 87,
  /** Payload of the signed value, with the public key. */
  signed: 844,
  /** Payload of `extended_values`. */
  extended: 230,
  /** What a file stream adds to a payload: subject, headers and its own fields. */
  stored: 135,
} as const;

/** What the readings of a configuration take. */
export interface ReadingsVolume {
  /** Readings a second, of all meters. */
  readonly perSecond: number;
  /** Mean bytes of a reading in a file stream with one replica. */
  readonly storedBytes: number;
  /** Bytes of all readings that a stream keeps for its `max_age_days`; infinite where it keeps them for ever. */
  readonly streamBytes: number;
  /** Limit for such a stream, a tenth above that: the age removes readings, and not the limit. */
  readonly limitBytes: number;
  /** Hours of readings that `spool.max_mb` has room for. */
  readonly spoolHours: number;
}

/** Computes what the readings of all meters take in their stream and in the spool. */
export function readingsVolume(
  { lines, streams, spool }: Pick<Settings, "lines" | "streams" | "spool">,
): ReadingsVolume {
  const meters = lines.flatMap((line) => line.meters);
  const sum = (of: (meter: MeterSettings) => number) =>
    meters.reduce((total, meter) => total + of(meter) * 1000 / meter.liveMeasurementIntervalMs, 0);
  const perSecond = sum(() => 1);
  const storedPerSecond = sum((meter) => payloadBytes(meter) + readingBytes.stored);
  const { maxAgeDays } = streams.readings;
  const streamBytes = maxAgeDays === 0 ? Infinity : storedPerSecond * maxAgeDays * daySeconds;
  return {
    perSecond,
    storedBytes: storedPerSecond / perSecond,
    streamBytes,
    limitBytes: streamBytes * 1.1,
    spoolHours: spool.maxMb * 1_000_000 / sum((meter) => spooledBytes(payloadBytes(meter))) / hourSeconds,
  };
}

/** The streams, with the limit that a stream of readings needs where the file states none. */
export function streamsWithNeeds(
  settings: Pick<Settings, "lines" | "streams" | "spool">,
): StreamsSettings & { readonly readings: { readonly neededBytes: number } } {
  const { streams } = settings;
  return { ...streams, readings: { ...streams.readings, neededBytes: readingsVolume(settings).limitBytes } };
}

/** Mean length of a meter's readings: what is not due in a cycle is missing in its reading. */
function payloadBytes(meter: MeterSettings): number {
  const share = (intervalMs: number) => meter.liveMeasurementIntervalMs / intervalMs;
  return readingBytes.base +
    readingBytes.energies * share(meter.energyIntervalMs) +
    readingBytes.temperature * share(meter.temperatureIntervalMs) +
    (meter.extendedValues ? readingBytes.extended : 0) +
    (meter.publishSignedValues === "every" ? readingBytes.signed * share(meter.signedValueIntervalMs) : 0);
}

/** What a reading takes in the spool: whole rows fill a page of SQLite, and the index comes on top. */
function spooledBytes(payload: number): number {
  const rowsInPage = Math.max(1, Math.floor(usableOfPage / (payload + rowBytes)));
  return pageBytes / rowsInPage + indexBytes;
}

const daySeconds = 86_400;
const hourSeconds = 3_600;
const pageBytes = 4096;
const usableOfPage = 4080;
/** Names, times and SQLite's own fields of a row. */
const rowBytes = 75;
const indexBytes = 20;
