import assert from "node:assert/strict";
import { metricDefinitions } from "../../src/metrics/definitions.ts";

const page = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));

Deno.test("docs/metrics.md lists each metric with its names, labels and meaning", () => {
  const documented = page.split("\n").filter((row) => row.startsWith("| `wattseal_"))
    .map((row) => row.split("|").map((cell) => cell.trim()).join(" | ").trim());
  const expected = metricDefinitions.map(({ name, openTelemetryName, labels, help }) => {
    const labelNames = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | \`${openTelemetryName}\` | ${labelNames} | ${help} |`;
  });
  assert.deepEqual(documented, expected);
});

Deno.test("the names of metrics follow the rules of Prometheus and are unique", () => {
  for (const { name, type, labels } of metricDefinitions) {
    assert.match(name, /^wattseal_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    for (const label of labels) assert.match(label, /^[a-z]+$/);
  }
  assert.equal(new Set(metricDefinitions.map(({ name }) => name)).size, metricDefinitions.length);
  const others = new Set(metricDefinitions.map(({ openTelemetryName }) => openTelemetryName));
  assert.equal(others.size, metricDefinitions.length);
});

/** The name that exporters of OpenTelemetry give to a metric for Prometheus. */
function exportedName(name: string, unit: string, type: string): string {
  const ends: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes", W: "_watts", "1": "_ratio" };
  return name.replaceAll(".", "_") + (ends[unit] ?? "") + (type === "counter" ? "_total" : "");
}

Deno.test("an exporter of OpenTelemetry forms the names of the page, except for energies and latencies", () => {
  const others = metricDefinitions.filter(({ unit }) => unit !== "Wh" && unit !== "ms");
  for (const { name, openTelemetryName, unit, type } of others) {
    assert.equal(exportedName(openTelemetryName, unit, type), name);
    assert.match(unit, /^(s|By|W|1|\{[a-z]+\}|)$/, name);
  }
  assert.equal(metricDefinitions.length - others.length, 4);
});
