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
