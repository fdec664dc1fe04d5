/** A value at a time. */
export interface Sample {
  readonly minutes: number;
  readonly value: number;
}

/** The slope of the line that fits the samples best, in units of the value per minute. NaN for fewer than two times. */
export function slopePerMinute(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const [time, value] = [mean(samples.map(({ minutes }) => minutes)), mean(samples.map(({ value }) => value))];
  const spread = samples.reduce((total, { minutes }) => total + (minutes - time) ** 2, 0);
  return samples.reduce((total, sample) => total + (sample.minutes - time) * (sample.value - value), 0) / spread;
}
