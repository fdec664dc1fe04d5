import assert from "node:assert/strict";
import { nodeFaultKinds } from "../../src/health/mod.ts";
import { faultKinds } from "../../src/meter/mod.ts";
import { alertRules, dashboard, queriesOf } from "./monitoring_files.ts";

const root = new URL("../../", import.meta.url);

/** The name that GitHub gives to a heading in addresses. */
const anchorOf = (heading: string) => heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");

Deno.test("each alert has a severity, a summary, a description, and a delay unless its query already has one", async () => {
  for (const { alert, expr, for: delay, labels, annotations } of await alertRules()) {
    assert.match(labels.severity ?? "", /^(critical|warning|info)$/, alert);
    assert.ok((annotations.summary ?? "").length > 20, alert);
    assert.ok((annotations.summary ?? "").length < 120, alert);
    // What happened, what it means, and what to do
    assert.ok((annotations.description ?? "").split(/[.:;] /).length >= 2, alert);
    const atOnce = /increase\(|fault="RecordNotVerified"/.test(expr);
    assert.equal(delay === undefined, atOnce, alert);
  }
});

Deno.test("the link of each alert leads to a section of the documentation, for each fault", async () => {
  const wrong: string[] = [];
  for (const { alert, expr, annotations } of await alertRules()) {
    const link = annotations.runbook_url ?? "";
    const kinds = expr.includes("node_fault") ? nodeFaultKinds : faultKinds;
    for (const fault of Object.keys(kinds)) {
      const [file = "", anchor] = link.replace("{{ $labels.fault | toLower }}", fault.toLowerCase()).split("#");
      assert.match(file, /^docs\/(faults|operations)\.md$/, alert);
      const headings = [...(await Deno.readTextFile(new URL(file, root))).matchAll(/^#+ (.*)$/gm)];
      if (!headings.some(([, heading]) => anchorOf(heading ?? "") === anchor)) {
        wrong.push(`${alert}: ${file}#${anchor}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("each panel of the dashboard has a description, its own place, and the data source that the viewer selects", async () => {
  const board = await dashboard();
  const taken = new Set<string>();
  for (const { id, type, title, description, gridPos: { x, y, w, h }, datasource, targets = [] } of board.panels) {
    assert.ok(x + w <= 24, title);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const place = `${column},${line}`;
        assert.ok(!taken.has(place), `${title} covers another panel`);
        taken.add(place);
      }
    }
    if (type === "row") continue;
    assert.equal(datasource?.uid, "${datasource}", title);
    assert.ok((description ?? "").length > 10, title);
    assert.ok(targets.length > 0, title);
    assert.equal(board.panels.filter((panel) => panel.id === id).length, 1, title);
  }
  for (const { panel, expr } of queriesOf(board)) {
    if (!/^up\{job="wattseal"\}$/.test(expr)) assert.match(expr, /site=~"\$site"|job="wattseal"/, panel);
  }
});

Deno.test("the documentation lists each alert with its severity", async () => {
  const page = await Deno.readTextFile(new URL("docs/metrics.md", root));
  const rows = [...page.matchAll(/^\| `(critical|warning|info)` +\|.*$/gm)];
  const documented = rows.flatMap(([row, severity]) =>
    [...row.matchAll(/`(Wattseal\w+)`/g)].map(([, alert]) => `${severity} ${alert}`)
  );
  const rules = (await alertRules()).map(({ alert, labels }) => `${labels.severity} ${alert}`);
  assert.deepEqual(documented.toSorted(), rules.toSorted());
});

Deno.test("each alert fires in a test of test:monitoring", async () => {
  const folder = new URL("live/", import.meta.url);
  const files = (await Array.fromAsync(Deno.readDir(folder))).filter(({ name }) => name.endsWith("_test.ts"));
  const texts = await Promise.all(files.map(({ name }) => Deno.readTextFile(new URL(name, folder))));
  const tested = new Set(texts.flatMap((text) => text.match(/(?<=")Wattseal\w+(?=")/g) ?? []));
  assert.deepEqual((await alertRules()).map(({ alert }) => alert).filter((alert) => !tested.has(alert)), []);
});
