import { metricOf, type MetricsPage } from "./metrics_page.ts";

/** What Prometheus has of one minute; undefined: the service did not answer. */
type Minute = ReadonlyMap<string, number> | undefined;

/** The pages of a running service as series with one value a minute, as Prometheus would have stored them. */
export class Timeline {
  readonly #minutes: Minute[] = [];
  /** What was added to a counter while a state was continued; the pages that follow do not contain it. */
  readonly #added = new Map<string, number>();

  readonly #without: readonly string[];

  /** @param options metrics that the series do not contain */
  constructor({ without = [] }: { readonly without?: readonly string[] } = {}) {
    this.#without = without;
  }

  /** Adds pages that were read one after the other, each as one minute. */
  add(pages: readonly (MetricsPage | undefined)[]): this {
    for (const page of pages) {
      this.#minutes.push(
        page && new Map([...page.values].map(([series, value]) => [series, this.#shifted(series, value)])),
      );
    }
    return this;
  }

  /**
   * Adds pages, then continues their state: an age that grew from each page to the next grows by a minute in each minute,
   * counters grow as fast as in these pages, and everything else stays.
   *
   * @param minutes how many in all
   */
  hold(pages: readonly (MetricsPage | undefined)[], minutes: number): this {
    this.add(pages.slice(0, minutes));
    const answered = pages.filter((page) => page !== undefined);
    for (let more = minutes - pages.length; more > 0; more--) {
      this.#minutes.push(answered.length < pages.length ? undefined : this.#nextMinute(answered));
    }
    return this;
  }

  /** The series for `promtool test rules`. @param labels of the target */
  series(labels: Readonly<Record<string, string>>): { series: string; values: string }[] {
    const target = Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(",");
    const names = new Set(
      this.#minutes.flatMap((minute) => [...minute?.keys() ?? []]).filter((name) =>
        !this.#without.includes(metricOf(name))
      ),
    );
    const all = [...names].map((name) => ({
      series: name.endsWith("}") ? `${name.slice(0, -1)},${target}}` : `${name}{${target}}`,
      values: notation(this.#minutes.map((minute) => minute?.get(name))),
    }));
    return [...all, { series: `up{${target}}`, values: notation(this.#minutes.map((minute) => minute ? 1 : 0)) }];
  }

  #shifted(series: string, value: number): number {
    return value + (this.#added.get(series) ?? 0);
  }

  #nextMinute(pages: readonly MetricsPage[]): Minute {
    const [first, last] = [pages[0], pages.at(-1)];
    if (first === undefined || last === undefined) throw new RangeError("there is no page to continue");
    const before = this.#minutes.at(-1);
    const seconds = last.atS - first.atS;
    return new Map([...last.values].map(([series, value]) => {
      const now = before?.get(series) ?? value;
      if (metricOf(series).endsWith("_age_seconds")) return [series, growsSteadily(pages, series) ? now + 60 : now];
      if (!last.counters.has(metricOf(series))) return [series, now];
      const growth = seconds > 0 ? Math.max(0, value - (first.values.get(series) ?? value)) * 60 / seconds : 0;
      this.#added.set(series, (this.#added.get(series) ?? 0) + growth);
      return [series, now + growth];
    }));
  }
}

/** Whether a value is larger on the last page than on the first, and never falls between two pages. */
export function growsSteadily(pages: readonly MetricsPage[], series: string): boolean {
  const values = pages.map((page) => page.values.get(series) ?? NaN);
  return (values.at(-1) ?? 0) > (values[0] ?? 0) &&
    values.every((value, index) => index === 0 || value >= (values[index - 1] ?? Infinity));
}

/** Values as promtool reads them: repeated steps are one word, absent values end a series as a failed scrape does. */
function notation(values: readonly (number | undefined)[]): string {
  const words: string[] = [];
  for (let at = 0; at < values.length;) {
    const value = values[at];
    const next = values[at + 1];
    let steps = 0;
    if (value === undefined) {
      words.push(values[at - 1] === undefined ? "_" : "stale");
    } else {
      const step = next === undefined ? 0 : next - value;
      while (Math.abs((values[at + steps + 1] ?? NaN) - (value + step * (steps + 1))) < 1e-6) steps++;
      words.push(steps === 0 ? `${value}` : `${value}${step < 0 ? "-" : "+"}${Math.abs(step)}x${steps}`);
    }
    at += steps + 1;
  }
  return words.join(" ");
}
