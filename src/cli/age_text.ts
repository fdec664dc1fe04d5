/** Formats a duration: `0.5 s`, `12 min`, `3 h`; `unknown` stays. */
export function age(ms: number | "unknown"): string {
  if (ms === "unknown") return ms;
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
