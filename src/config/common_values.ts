import { meterParameters } from "./meter_schema.ts";

type Values = Readonly<Record<string, unknown>>;
type Line = Values & { readonly meters: readonly Values[] };

/** What a file says of its lines and, once for all, of their meters. */
export interface LinesWithDefaults {
  /** Absent where the meters have nothing in common. */
  readonly defaults?: Values;
  readonly lines: readonly Line[];
}

/** Moves the values that every meter has, and has alike, into `defaults`; a single meter keeps its own. */
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
