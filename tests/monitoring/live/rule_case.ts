import { join } from "node:path";
import { stringify } from "yaml";
import { monitoringFolder } from "../monitoring_files.ts";
import { type Pages, Timeline, type TimelineOptions } from "../timeline.ts";

/** What fires at one minute of a timeline, and nothing else. */
interface Expectation {
  readonly minute: number;
  readonly alerts: readonly string[];
}

const labels = { job: "wattseal", instance: "node-1:9464", site: "test" } as const;

/** Timelines with the alerts that must fire, for `promtool test rules`. */
export class RuleCases {
  readonly #tests: unknown[] = [];

  /** @param expected by minute, from 0 */
  add(name: string, timeline: Timeline, expected: readonly Expectation[]): void {
    this.#tests.push({
      name,
      interval: "1m",
      input_series: timeline.series(labels),
      promql_expr_test: expected.map(({ minute, alerts }) => ({
        expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: `${minute}m`,
        exp_samples: count(alerts).map(([alert, value]) => ({ labels: `{alertname="${alert}"}`, value })),
      })),
    });
  }

  /** Runs all cases. @throws {Error} promtool prints a difference */
  async check(promtool: string): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-rules-" });
    try {
      const rules = new URL("wattseal.rules.yaml", monitoringFolder).pathname;
      const file = join(folder, "cases.yaml");
      await Deno.writeTextFile(
        file,
        stringify({ rule_files: [rules], evaluation_interval: "1m", tests: this.#tests }, { lineWidth: 0 }),
      );
      const { success, stdout, stderr } = await new Deno.Command(promtool, { args: ["test", "rules", file] }).output();
      if (success) return;
      const decoder = new TextDecoder();
      throw new Error(decoder.decode(stderr) + decoder.decode(stdout));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
}

/** Each alert with how often it is named. */
function count(alerts: readonly string[]): [string, number][] {
  return [...new Set(alerts)].map((alert) => [alert, alerts.filter((each) => each === alert).length]);
}

/** Minutes of a timeline of `failureCases` before the failure. */
const before = 15;
const failing = 60;
const after = 30;

/**
 * Adds two cases of a failure. It lasts for an hour and is then over. And it lasts for a minute, and no alert fires.
 *
 * @param expected the alerts that fire, by minute of the failure
 * @param options of the timelines
 */
export type AddFailure = (
  name: string,
  failed: Pages,
  expected: Readonly<Record<number, readonly string[]>>,
  options?: TimelineOptions,
) => void;

/** @param normal pages on which everything works */
export function failureCases(cases: RuleCases, normal: Pages): AddFailure {
  const nothingAt = (...minutes: number[]) => minutes.map((minute) => ({ minute, alerts: [] }));
  return (name, failed, expected, options) => {
    const course = (minutes: number) =>
      new Timeline(options).hold(normal, before).hold(failed, minutes).hold(normal, after);
    const meanwhile = Object.entries(expected).map(([minute, alerts]) => ({ minute: before + Number(minute), alerts }));
    const end = before + failing + after - 1;
    cases.add(name, course(failing), [...nothingAt(before - 1), ...meanwhile, ...nothingAt(end)]);
    cases.add(`${name}, for a minute`, course(1), nothingAt(15, 16, 18, 20, 25, 30, 45));
  };
}
