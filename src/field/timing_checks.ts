import { registers } from "../meter/mod.ts";
import { type Assumption, differs, open, verdictOf } from "./assumption.ts";

/** Number of measured requests. */
const samples = 100;
/** The default of `initial_timeout_ms`. */
const timeoutMs = 500;
/** Delay of an adapter with the default latency timer of its kernel driver. */
const latencyTimerMs = 16;

/** How fast a meter answers, and how the adapter delays its answers. */
export const timingChecks: readonly Assumption[] = [
  {
    number: 14,
    text: "The meter starts each answer within 500 ms after the request.",
    async check({ meter }) {
      const times: number[] = [];
      let unanswered = 0;
      for (let nth = 0; nth < samples && !meter.signal.aborted; nth++) {
        const answer = await meter.tryRead(registers.identificationCode.at, 1, 1);
        const timing = meter.frames.lastAnswer();
        if (answer.kind === "answered" && timing !== undefined) times.push(timing.firstMs);
        else unanswered++;
      }
      if (times.length === 0) return differs("no answer");
      const observed = `${spreadText(times)}; ${unanswered} of ${samples} requests without a usable answer`;
      return verdictOf(unanswered === 0 && Math.max(...times) < timeoutMs, observed);
    },
  },
  {
    number: 15,
    text: "The adapter delivers an answer without a pause of 16 ms, which its latency timer can cause.",
    async check({ meter }) {
      const gaps: number[] = [];
      for (let nth = 0; nth < samples / 5 && !meter.signal.aborted; nth++) {
        const answer = await meter.tryRead(0x0000, 50, 1);
        const timing = meter.frames.lastAnswer();
        if (answer.kind === "answered" && timing !== undefined) gaps.push(timing.longestGapMs);
      }
      if (gaps.length === 0) return open("no answer to a read of 50 registers at 0000h");
      return verdictOf(Math.max(...gaps) < latencyTimerMs, `longest pause within an answer: ${spreadText(gaps)}`);
    },
  },
];

function spreadText(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
  return `shortest ${at(0)} ms, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`;
}
