import { metricOf, type MetricsPage } from "./metrics_page.ts";

/** Pages that were read one after the other; undefined: the service did not answer. */
export type Pages = readonly (MetricsPage | undefined)[];

/** Parts of series whose values depend on the machine of the test. If it is busy, simulated meters answer too late. */
const ofThisMachine = [
  "wattseal_clock_synchronised",
  "wattseal_disk_free_bytes",
  "wattseal_disk_size_bytes",
  "wattseal_event_loop_delay_seconds",
  'fault="LineNoisy"',
] as const;

/** What a timeline contains. */
export interface TimelineOptions {
  /** Series with one of these parts are left out: the name of a metric, or a label. */
  readonly without?: readonly string[];
  /** These parts are not left out although the values depend on the machine of the test. */
  readonly including?: readonly (typeof ofThisMachine)[number][];
}

/** What Prometheus has of one minute; undefined: the service did not answer. */
type Minute = ReadonlyMap<string, number> | undefined;

/** The pages of a running service as series with one value a minute, as Prometheus would have stored them. */
export class Timeline {
  readonly #minutes: Minute[] = [];
  /** What was added to a counter while a state was continued; the pages that follow do not contain it. */
  readonly #added = new Map<string, number>();

  readonly #without: readonly string[];

  constructor({ without = [], including = [] }: TimelineOptions = {}) {
    this.#without = [...ofThisMachine.filter((part) => !including.includes(part)), ...without];
  }

  /** Adds pages, each as one minute. */
  add(pages: Pages): this {
    for (const page of pages) {
      this.#minutes.push(
        page && new Map([...page.values].map(([series, value]) => [series, this.#shifted(series, value)])),
      );
    }
    return this;
  }

  /**
   * Adds minutes of the state that these pages show, over and over. An age that grew as the time did between the first and
   * the last page grows by a minute in each minute, and a counter grows as fast as between these pages.
   */
  hold(pages: Pages, minutes: number): this {
    const answered = pages.filter((page) => page !== undefined);
    for (let minute = 0; minute < minutes; minute++) {
      const page = pages[minute % pages.length];
      this.#minutes.push(page && this.#nextMinute(page, answered));
    }
    return this;
  }

  /** The series for `promtool test rules`. @param labels of the target */
  series(labels: Readonly<Record<string, string>>): { series: string; values: string }[] {
    const target = Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(",");
    const names = new Set(this.#minutes.flatMap((minute) => [...minute?.keys() ?? []]));
    const included = [...names].filter((name) => !this.#without.some((part) => name.includes(part)));
    const all = included.map((name) => ({
      series: name.endsWith("}") ? `${name.slice(0, -1)},${target}}` : `${name}{${target}}`,
      values: notation(this.#minutes.map((minute) => minute?.get(name))),
    }));
    return [...all, { series: `up{${target}}`, values: notation(this.#minutes.map((minute) => minute ? 1 : 0)) }];
  }

  #shifted(series: string, value: number): number {
    return value + (this.#added.get(series) ?? 0);
  }

  /** @param page what is not an age or a counter @param pages all pages of the state */
  #nextMinute(page: MetricsPage, pages: readonly MetricsPage[]): Minute {
    const before = this.#minutes.at(-1);
    return new Map([...page.values].map(([series, value]) => {
      const now = before?.get(series);
      if (metricOf(series).endsWith("_age_seconds")) {
        return [series, now !== undefined && grows(pages, series) ? Math.max(value, now + 60) : value];
      }
      if (!page.counters.has(metricOf(series))) return [series, value];
      const shifted = this.#shifted(series, value);
      const next = now === undefined ? shifted : Math.max(now + growthInMinute(pages, series), shifted);
      this.#added.set(series, next - value);
      return [series, next];
    }));
  }
}

/** How much a counter grows in a minute. */
function growthInMinute(pages: readonly MetricsPage[], series: string): number {
  const [first, last] = [pages[0], pages.at(-1)];
  const [from, to] = [first?.values.get(series), last?.values.get(series)];
  if (first === undefined || last === undefined || from === undefined || to === undefined) return 0;
  return last === first ? 0 : Math.max(0, to - from) * 60 / (last.atS - first.atS);
}

/**
 * Whether an age grew with the time: it never falls from one page to the next, and most of the time between first and
 * last page was added to it. Some values of the page are some seconds old.
 */
export function grows(pages: readonly MetricsPage[], series: string): boolean {
  const values = pages.map((page) => page.values.get(series) ?? NaN);
  const seconds = (pages.at(-1)?.atS ?? 0) - (pages[0]?.atS ?? 0);
  return (values.at(-1) ?? 0) - (values[0] ?? 0) > seconds / 2 &&
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
