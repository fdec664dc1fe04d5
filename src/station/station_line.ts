import type { HealthProblem } from "../base/health_problem.ts";
import type { LineSettings } from "../config/mod.ts";
import type { LineReport, Transport } from "../contract/mod.ts";
import type { Line } from "../line/mod.ts";
import { lineProblems, meterProblems } from "./station_problems.ts";
import type { StationMeter } from "./station_meter.ts";

/** One line in service and its meters. */
export class StationLine {
  readonly line: Line;
  /** The meters in service, by name. */
  readonly meters = new Map<string, StationMeter>();
  readonly #settings: LineSettings;

  /** @param settings those of its meters are not used */
  constructor(settings: LineSettings, line: Line) {
    this.#settings = settings;
    this.line = line;
  }

  /** The settings in force. */
  get settings(): LineSettings {
    return { ...this.#settings, meters: [...this.meters.values()].map(({ settings }) => settings) };
  }

  /** Opens the line, and publishes the status of the process when it is closed or opened again. */
  async start(transport: Transport): Promise<void> {
    await this.line.start();
    void this.#watch(transport);
  }

  /** Puts the meters into the order of the configuration. */
  arrange(names: readonly string[]): void {
    arrange(this.meters, names);
  }

  /** The present state of the line and its meters. */
  report(): LineReport {
    const { line } = this;
    return {
      name: line.name,
      state: line.state,
      ...line.stats(),
      meters: [...this.meters.values()].map(({ meter, settings }) => ({
        name: meter.name,
        skippedReadings: meter.skippedCycles,
        ...line.unitStats(settings.unit),
      })),
    };
  }

  /** The present problems of the line and its meters. */
  problems(): HealthProblem[] {
    return [...lineProblems(this.line), ...[...this.meters.values()].flatMap(({ meter }) => meterProblems(meter))];
  }

  async #watch(transport: Transport): Promise<void> {
    for await (const _change of this.line.changes) transport.publishNodeStatus();
  }
}

/** Puts the entries into the order of the names; entries without a name come last. */
export function arrange<T>(entries: Map<string, T>, names: readonly string[]): void {
  const others = [...entries.keys()].filter((name) => !names.includes(name));
  for (const name of [...names, ...others]) {
    const entry = entries.get(name);
    if (entry === undefined) continue;
    entries.delete(name);
    entries.set(name, entry);
  }
}
