import { encodeInteger, registers } from "../meter/mod.ts";
import { type FieldMeter, numberIn, valueText } from "./field_meter.ts";

/** How long the person has to switch the power off, and on again. */
const switchMs = 180_000;
/** How long the meter is watched once it answers again. */
const watchMs = 10_000;
const lookMs = 100;

/** What is seen of a meter right after its power came back. */
export interface PowerCycle {
  /** Values of 5000h in their order, in hex, with the milliseconds at which each was seen first. */
  readonly serialNumbers: readonly { readonly atMs: number; readonly text: string }[];
  /** The same of 7060h. */
  readonly timeStatus: readonly { readonly atMs: number; readonly text: string }[];
  /** Until the meter took the time; undefined where it was not written or never taken. */
  readonly timeTakenMs: number | undefined;
}

/**
 * Waits until the meter falls silent and answers again, and watches it then.
 *
 * @param writeTime whether to set the meter's clock, which it refuses at first
 * @returns undefined when the power was not switched in time
 */
export async function watchPowerCycle(meter: FieldMeter, writeTime: boolean): Promise<PowerCycle | undefined> {
  const untilMs = meter.time.mono() + switchMs;
  if (!await until(meter, untilMs, false) || !await until(meter, untilMs, true)) return undefined;
  const backMs = meter.time.mono();
  const serialNumbers: { atMs: number; text: string }[] = [];
  const timeStatus: { atMs: number; text: string }[] = [];
  let timeTakenMs: number | undefined;
  for (let atMs = 0; atMs < watchMs && !meter.signal.aborted; atMs = meter.time.mono() - backMs) {
    note(serialNumbers, atMs, valueText(await meter.ask(0x5000, 7, 1)));
    const status = await meter.ask(registers.timeStatus.at, 1, 1);
    note(timeStatus, atMs, status.kind === "answered" ? `${numberIn(status.bytes)}` : valueText(status));
    if (writeTime && timeTakenMs === undefined) {
      const seconds = BigInt(Math.round(meter.time.now() / 1000));
      const answer = await meter.write(registers.utc.at, encodeInteger("u64", seconds), false);
      if (answer.kind === "answered") timeTakenMs = meter.time.mono() - backMs;
    }
    await meter.time.sleep(lookMs, meter.signal);
  }
  return { serialNumbers, timeStatus, timeTakenMs };
}

async function until(meter: FieldMeter, untilMs: number, answers: boolean): Promise<boolean> {
  while (meter.time.mono() < untilMs && !meter.signal.aborted) {
    const { kind } = await meter.ask(registers.identificationCode.at, 1, 1);
    if ((kind !== "silent") === answers) return true;
    await meter.time.sleep(lookMs, meter.signal);
  }
  return false;
}

function note(seen: { atMs: number; text: string }[], atMs: number, text: string): void {
  if (seen.at(-1)?.text !== text) seen.push({ atMs, text });
}
