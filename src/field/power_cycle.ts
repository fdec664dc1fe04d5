import { encodeInteger, registers } from "../meter/mod.ts";
import { type FieldMeter, numberIn, valueText } from "./field_meter.ts";

/** How long the user has to switch the power off, and on again. */
const switchMs = 180_000;
/** How long the meter is monitored after it answers again. */
const watchMs = 10_000;
const pollMs = 100;

/** Observations of a meter right after power-on. */
export interface PowerCycle {
  /** Values of 5000h in order, in hex, with the time in milliseconds at which each was read first. */
  readonly serialNumbers: readonly { readonly atMs: number; readonly text: string }[];
  /** The same for 7060h. */
  readonly timeStatus: readonly { readonly atMs: number; readonly text: string }[];
  /** Time until the meter accepted its clock; undefined if it was not written or never accepted. */
  readonly timeAcceptedMs: number | undefined;
}

/**
 * Waits until the meter stops answering and answers again, then monitors it.
 *
 * @param writeTime whether to set the meter's clock, which the meter rejects at first
 * @returns undefined if the power was not switched in time
 */
export async function monitorPowerCycle(meter: FieldMeter, writeTime: boolean): Promise<PowerCycle | undefined> {
  const untilMs = meter.time.mono() + switchMs;
  if (!await waitUntil(meter, untilMs, false) || !await waitUntil(meter, untilMs, true)) return undefined;
  const backMs = meter.time.mono();
  const serialNumbers: { atMs: number; text: string }[] = [];
  const timeStatus: { atMs: number; text: string }[] = [];
  let timeAcceptedMs: number | undefined;
  for (let atMs = 0; atMs < watchMs && !meter.signal.aborted; atMs = meter.time.mono() - backMs) {
    note(serialNumbers, atMs, valueText(await meter.tryRead(0x5000, 7, 1)));
    const status = await meter.tryRead(registers.timeStatus.at, 1, 1);
    note(timeStatus, atMs, status.kind === "answered" ? `${numberIn(status.bytes)}` : valueText(status));
    if (writeTime && timeAcceptedMs === undefined) {
      const seconds = BigInt(Math.round(meter.time.now() / 1000));
      const answer = await meter.write(registers.utc.at, encodeInteger("u64", seconds), false);
      if (answer.kind === "answered") timeAcceptedMs = meter.time.mono() - backMs;
    }
    await meter.time.sleep(pollMs, meter.signal);
  }
  return { serialNumbers, timeStatus, timeAcceptedMs };
}

async function waitUntil(meter: FieldMeter, untilMs: number, answers: boolean): Promise<boolean> {
  while (meter.time.mono() < untilMs && !meter.signal.aborted) {
    const { kind } = await meter.tryRead(registers.identificationCode.at, 1, 1);
    if ((kind !== "silent") === answers) return true;
    await meter.time.sleep(pollMs, meter.signal);
  }
  return false;
}

function note(observed: { atMs: number; text: string }[], atMs: number, text: string): void {
  if (observed.at(-1)?.text !== text) observed.push({ atMs, text });
}
