import { registers } from "../meter/mod.ts";
import { type Assumption, differs, judged, open } from "./assumption.ts";

/** Requests that are timed. */
const samples = 100;
/** The default of `initial_timeout_ms`. */
const timeoutMs = 500;
/** What an adapter holds back with the timer that its kernel driver sets by default. */
const latencyTimerMs = 16;

/** How quickly a meter answers, and what the adapter makes of it. */
export const timingChecks: readonly Assumption[] = [
  {
    number: 14,
    text: "The meter begins each answer within 500 ms of the request.",
    async check({ meter }) {
      const times: number[] = [];
      let unanswered = 0;
      for (let nth = 0; nth < samples && !meter.signal.aborted; nth++) {
        const answer = await meter.ask(registers.identificationCode.at, 1, 1);
        const pieces = meter.frames.lastAnswer();
        if (answer.kind === "answered" && pieces !== undefined) times.push(pieces.firstMs);
        else unanswered++;
      }
      if (times.length === 0) return differs("no answer");
      const seen = `${spreadText(times)}; ${unanswered} of ${samples} requests without a usable answer`;
      return judged(unanswered === 0 && Math.max(...times) < timeoutMs, seen);
    },
  },
  {
    number: 15,
    text: "The adapter hands an answer over without a pause of 16 ms, as its latency timer can cause.",
    async check({ meter }) {
      const gaps: number[] = [];
      for (let nth = 0; nth < samples / 5 && !meter.signal.aborted; nth++) {
        const answer = await meter.ask(0x0000, 50, 1);
        const pieces = meter.frames.lastAnswer();
        if (answer.kind === "answered" && pieces !== undefined) gaps.push(pieces.longestGapMs);
      }
      if (gaps.length === 0) return open("no answer to a read of 50 registers at 0000h");
      return judged(Math.max(...gaps) < latencyTimerMs, `longest pause inside an answer: ${spreadText(gaps)}`);
    },
  },
];

function spreadText(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
  return `shortest ${at(0)} ms, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`;
}
