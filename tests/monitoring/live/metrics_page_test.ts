import assert from "node:assert/strict";
import { Page } from "../../../src/metrics/page.ts";
import { figuresOf, lineReport, meterFigures } from "../../metrics/figures.ts";
import { mistakesIn } from "../../metrics/text_format.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";

/** What `promtool check metrics` answers: its exit code, and everything that it printed. */
async function check(promtool: string, page: string): Promise<[number, string]> {
  const args = ["check", "metrics"];
  const tool = new Deno.Command(promtool, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const [{ code, stdout, stderr }] = await Promise.all([tool.output(), new Response(page).body?.pipeTo(tool.stdin)]);
  return [code, new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)];
}

const tools = await prometheusTools();

prometheusTest(
  "promtool accepts the page, also with unusual names and with many meters",
  tools,
  async ({ promtool }) => {
    for (const names of [['a"b', "a\\b", "a\nb"], Array.from({ length: 100 }, (_, index) => `evse-${index + 1}`)]) {
      const page = await new Page().text(figuresOf({
        lines: names.map((name) => lineReport(name, [name])),
        meters: names.map((name) => meterFigures(name, name)),
      }));
      assert.deepEqual(await check(promtool, page), [0, ""]);
    }
  },
);

prometheusTest("promtool refuses the pages that the other tests refuse", tools, async ({ promtool }) => {
  const page = await new Page().text(figuresOf());
  for (
    const broken of [
      page.replaceAll("wattseal_starts_total", "wattseal_starts"),
      page.replaceAll("wattseal_start_time_seconds", "wattseal_start_time_milliseconds"),
      page.replace(/^# HELP wattseal_starts_total.*\n/m, ""),
      page.replace('"evse-1"', '"ev"se"'),
      page.slice(0, -1),
    ]
  ) {
    assert.notEqual(mistakesIn(broken).length, 0);
    assert.notEqual((await check(promtool, broken))[0], 0, mistakesIn(broken).join());
  }
});
