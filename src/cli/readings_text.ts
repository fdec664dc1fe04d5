import { countText } from "../base/text.ts";
import { readingsVolume, type Settings } from "../config/mod.ts";

/** How much space readings need in their stream and in the spool, and how long the configured space lasts. */
export function readingsText(settings: Settings): string[] {
  const { lines, streams: { scope, readings }, spool } = settings;
  const { perSecond, storedBytes, streamBytes, limitBytes, spoolHours } = readingsVolume(settings);
  const meters = lines.reduce((count, line) => count + line.meters.length, 0);
  const days = countText(readings.maxAgeDays, "day");
  const total = streamBytes === Infinity ? ", kept forever" : `: ${gigabytes(streamBytes)} in ${days}`;
  const { maxBytes } = readings;
  return [
    `Readings: ${rounded(perSecond)} per second from ${countText(meters, "meter")}, about ${
      Math.round(storedBytes)
    } bytes ` +
    `each in their stream${total}`,
    maxBytes === undefined
      ? withoutLimit(scope, limitBytes)
      : `A new stream of readings may use ${gigabytes(maxBytes)} (streams.readings.max_bytes): ` +
        duration(maxBytes / (perSecond * storedBytes * 3600)),
    ...(spool.mode === "off" ? [] : [
      `The spool of ${spool.maxMb} MB (spool.max_mb) lasts ${duration(Math.min(spoolHours, spool.maxAgeHours))}` +
      (spoolHours < spool.maxAgeHours ? `, not the ${spool.maxAgeHours} hours of spool.max_age_hours` : ""),
    ]),
  ];
}

function withoutLimit(scope: Settings["streams"]["scope"], limitBytes: number): string {
  if (scope === "all") {
    return "A new stream of readings has no size limit: set streams.readings.max_bytes to reserve space for records";
  }
  return limitBytes === Infinity
    ? "A new stream of readings may use three quarters of the account's storage, if the account has a limit"
    : `A new stream of readings may use ${gigabytes(limitBytes)}, or less if the account or the server has ` +
      "less storage";
}

function gigabytes(bytes: number): string {
  return `${rounded(bytes / 1e9)} GB`;
}

function duration(hours: number): string {
  return hours < 48 ? `${rounded(hours)} hours` : `${rounded(hours / 24)} days`;
}

function rounded(value: number): string {
  return value < 0.1 ? String(Number(value.toPrecision(1))) : value.toFixed(value < 100 ? 1 : 0).replace(/\.0$/, "");
}
