import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { metricDefinitions } from "../../src/metrics/definitions.ts";
import { Page } from "../../src/metrics/page.ts";
import { figuresOf, lineReport, meterFigures } from "./figures.ts";
import { mistakesIn } from "./text_format.ts";

Deno.test("the page keeps the rules of the text format and of promtool, with all values and with none", async () => {
  const page = new Page();
  assert.deepEqual(mistakesIn(await page.text(figuresOf())), []);
  const empty = figuresOf({
    lines: [],
    meters: [],
    disk: undefined,
    clockSynchronised: undefined,
    loopDelayMs: undefined,
    journalBytes: undefined,
    undelivered: undefined,
    undeliveredAgeMs: undefined,
  });
  const text = await page.text(empty);
  assert.deepEqual(mistakesIn(text), []);
  // A value that is not known is absent, not 0, also after a page that had it
  assert.doesNotMatch(text, /^wattseal_(disk|clock|journal|records_undelivered|event_loop|line|meter)/m);
});

Deno.test("quotes, backslashes and line ends in a label are escaped, and no two names make the same series", async () => {
  const names = ['a"b', "a\\b", "a\nb", "a\\nb", "a,meter:b", "a{b}", "\u00e4 #"];
  const figures = figuresOf({
    lines: names.map((name) => lineReport(name, [name])),
    meters: names.map((name) => meterFigures(name, name)),
  });
  const text = await new Page().text(figures);
  assert.deepEqual(mistakesIn(text), []);
  const lines = [...text.matchAll(/^wattseal_line_open\{line="(.*)"\} 1$/gm)].map(([, label = ""]) => label);
  assert.deepEqual(lines, [
    String.raw`a\"b`,
    String.raw`a\\b`,
    String.raw`a\nb`,
    String.raw`a\\nb`,
    "a,meter:b",
    "a{b}",
    "\u00e4 #",
  ]);
  const read = lines.map((label) => label.replaceAll(/\\(.)/g, (_, sign) => sign === "n" ? "\n" : sign));
  assert.deepEqual(read, names);
});

Deno.test("each label of a metric is on its samples, and its values are known before or are names of the configuration", async () => {
  const known = ["meter", "line", "version"];
  const text = await new Page().text(figuresOf());
  for (const { name, labels, samples } of metricDefinitions) {
    for (const sample of samples(figuresOf())) assert.deepEqual(Object.keys(sample.labels).sort(), [...labels].sort());
    const rows = text.split("\n").filter((row) => row.startsWith(`${name}{`));
    for (const label of labels.filter((label) => !known.includes(label))) {
      const values = new Set(rows.map((row) => new RegExp(`[{,]${label}="([^"]*)"`).exec(row)?.[1] ?? ""));
      for (const value of values) assert.match(value, /^([A-Za-z_]{1,40}|0\.\d+)$/, `${name} ${label}`);
      assert.ok(values.size <= 60, `${name} has ${values.size} values of ${label}`);
    }
  }
});

Deno.test("other work is done while a large page is made", async () => {
  const names = Array.from({ length: 500 }, (_, index) => `evse-${index + 1}`);
  const figures = figuresOf({
    lines: [lineReport("rs485-1", names)],
    meters: names.map((name) => meterFigures(name, "rs485-1")),
  });
  let text = "";
  const made = new Page().text(figures).then((page) => text = page);
  let turns = 0;
  for (; text === ""; turns++) await setImmediate();
  await made;
  assert.deepEqual(mistakesIn(text), []);
  const samples = text.split("\n").filter((row) => row !== "" && !row.startsWith("#")).length;
  assert.equal(samples, metricDefinitions.reduce((sum, { samples }) => sum + samples(figures).length, 0));
  // At most a few hundred samples are written in one turn of the event loop
  assert.ok(turns > samples / 500, `${turns} turns for ${samples} samples`);
});

Deno.test("mistakesIn finds what promtool finds", () => {
  const metric = (name: string, type: string, rows: string) => `# HELP ${name} Text\n# TYPE ${name} ${type}\n${rows}`;
  for (
    const [page, expected] of [
      [metric("a_total", "counter", "a_total 1\n"), []],
      [metric("a", "gauge", "a 1"), ["the last line does not end"]],
      [metric("a", "gauge", "a 1\na 1\n"), ["a is there twice"]],
      [metric("a", "gauge", "b 1\n"), ["b is not in the group of its TYPE"]],
      [metric("a", "gauge", "a Nan\n"), ["not a sample: a Nan"]],
      [metric("a", "gauge", 'a{b="c"d"} 1\n'), ['not a sample: a{b="c"d"} 1']],
      [metric("a", "gauge", 'a{b="c\\d"} 1\n'), ['not a sample: a{b="c\\d"} 1']],
      [metric("a", "counter", "a 1\n"), ["a is a counter"]],
      [metric("a_ms", "gauge", "a_ms 1\n"), ["a_ms has no base unit"]],
      [metric("a", "gauge", 'a{quantile="1"} 1\n'), ["a has quantiles"]],
      ["# TYPE a gauge\na 1\n", ["a has no HELP"]],
    ] as const
  ) assert.deepEqual(mistakesIn(page), expected);
});
