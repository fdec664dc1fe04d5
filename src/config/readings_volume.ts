import type { MeterSettings } from "../base/meter_settings.ts";
import type { Settings, StreamSettings, StreamsSettings } from "./settings.ts";

/**
 * Size of a reading in bytes, measured on nats-server 2.9.10 with an EM580 with a 384-bit key, a meter id of 15
 * characters and subjects of about 35 characters. A meter without signed values publishes as many bytes as a meter that
 * omits them.
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
  /** What a file stream adds to a payload: subject, headers and internal fields. */
  stored: 135,
} as const;

/** The storage that the readings of a configuration need. */
export interface ReadingsVolume {
  /** Readings per second of all meters. */
  readonly perSecond: number;
  /** Average size in bytes of a reading in a file stream with one replica. */
  readonly storedBytes: number;
  /** Size in bytes of all readings that a stream keeps for its `max_age_days`; infinite if it keeps them forever. */
  readonly streamBytes: number;
  /** Size limit for such a stream, 10 % above that, so that readings are removed by age and not by size. */
  readonly limitBytes: number;
  /** Hours of readings that fit in `spool.max_mb`. */
  readonly spoolHours: number;
}

/** Computes the storage that the readings of all meters need in their stream and in the spool. */
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

/** The streams that a configuration uses: those of intervals only if a meter has them. */
export interface UsedStreams extends Omit<StreamsSettings, "intervals"> {
  readonly readings: StreamSettings & { readonly neededBytes: number };
  readonly intervals?: StreamSettings;
}

/** Returns the streams, with the size limit that a stream of readings needs if the file sets none. */
export function streamsWithLimits(settings: Pick<Settings, "lines" | "streams" | "spool">): UsedStreams {
  const { intervals, ...streams } = settings.streams;
  return {
    ...streams,
    readings: { ...streams.readings, neededBytes: readingsVolume(settings).limitBytes },
    ...(hasIntervals(settings) ? { intervals } : {}),
  };
}

/** Whether a meter of the configuration has intervals. */
export function hasIntervals({ lines }: Pick<Settings, "lines">): boolean {
  return lines.some(({ meters }) => meters.some(({ intervalMinutes }) => intervalMinutes !== "off"));
}

/** Average size of a meter's readings: a reading contains only the values that are due in its cycle. */
function payloadBytes(meter: MeterSettings): number {
  const share = (intervalMs: number) => meter.liveMeasurementIntervalMs / intervalMs;
  return readingBytes.base +
    readingBytes.energies * share(meter.energyIntervalMs) +
    readingBytes.temperature * share(meter.temperatureIntervalMs) +
    (meter.extendedValues ? readingBytes.extended : 0) +
    (meter.publishSignedValues === "every" ? readingBytes.signed * share(meter.signedValueIntervalMs) : 0);
}

/** Size of a reading in the spool: a page of SQLite holds complete rows, plus the index. */
function spooledBytes(payload: number): number {
  const rowsInPage = Math.max(1, Math.floor(usableOfPage / (payload + rowBytes)));
  return pageBytes / rowsInPage + indexBytes;
}

const daySeconds = 86_400;
const hourSeconds = 3_600;
const pageBytes = 4096;
const usableOfPage = 4080;
/** Names, times and internal fields of a row. */
const rowBytes = 75;
const indexBytes = 20;
