import { meterParameters } from "./meter_schema.ts";

type Values = Readonly<Record<string, unknown>>;
type Line = Values & { readonly meters: readonly Values[] };

/** Lines, and the settings that all their meters share. */
export interface LinesWithDefaults {
  /** Undefined if the meters share no settings. */
  readonly defaults?: Values;
  readonly lines: readonly Line[];
}

/** Moves the values that are equal in all meters into `defaults`. A single meter keeps its values. */
export function withDefaults(lines: readonly Line[]): LinesWithDefaults {
  const [first, ...others] = lines.flatMap(({ meters }) => meters);
  if (first === undefined || others.length === 0) return { lines };
  const common = Object.entries(first).filter(([key, value]) =>
    Object.hasOwn(meterParameters.shape, key) &&
    others.every((other) => Object.hasOwn(other, key) && other[key] === value)
  );
  if (common.length === 0) return { lines };
  const moved = new Set(common.map(([key]) => key));
  const rest = (meter: Values) => Object.fromEntries(Object.entries(meter).filter(([key]) => !moved.has(key)));
  return {
    defaults: Object.fromEntries(common),
    lines: lines.map((line) => ({ ...line, meters: line.meters.map(rest) })),
  };
}
