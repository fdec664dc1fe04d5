/** A page of metrics as Prometheus reads it. */
export interface MetricsPage {
  /** Values by series: `wattseal_line_open{line="rs485-1"}`. */
  readonly values: ReadonlyMap<string, number>;
  /** Names of the metrics that only grow. */
  readonly counters: ReadonlySet<string>;
  /** Seconds at which it was read, by a clock without jumps. */
  readonly atS: number;
}

/** Reads the page of a running service. @returns undefined: it does not answer */
export async function readPage(address: string): Promise<MetricsPage | undefined> {
  let text: string;
  try {
    const response = await fetch(`http://${address}/metrics`);
    text = await response.text();
    if (!response.ok) throw new Error(`http://${address}/metrics answers ${response.status}: ${text}`);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  return parsePage(text, performance.now() / 1000);
}

/** Parses the text format of Prometheus. */
export function parsePage(text: string, atS: number): MetricsPage {
  const values = new Map<string, number>();
  const counters = new Set<string>();
  for (const line of text.split("\n")) {
    const [, counter] = /^# TYPE (\S+) counter$/.exec(line) ?? [];
    if (counter !== undefined) counters.add(counter);
    if (line === "" || line.startsWith("#")) continue;
    const end = line.lastIndexOf(" ");
    values.set(line.slice(0, end), Number(line.slice(end + 1)));
  }
  return { values, counters, atS };
}

/** The name of the metric of a series. */
export function metricOf(series: string): string {
  return series.split("{")[0] ?? series;
}
