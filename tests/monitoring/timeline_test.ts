import assert from "node:assert/strict";
import { parsePage } from "./metrics_page.ts";
import { Timeline } from "./timeline.ts";

const page = (atS: number, starts: number, age: number, more = "") =>
  parsePage(
    `# HELP s Starts\n# TYPE s_total counter\ns_total ${starts}\n# TYPE r_age_seconds gauge\nr_age_seconds{meter="a b"} ${age}\n${more}`,
    atS,
  );
const values = (timeline: Timeline) => timeline.series({ job: "w" }).map(({ series, values }) => `${series} ${values}`);

Deno.test("Timeline continues ages by the time, and counters as fast as they grew", () => {
  const timeline = new Timeline().hold([page(0, 5, 0.5), page(2, 6, 1)], 4).add([page(3, 6, 0.5)]);
  assert.deepEqual(values(timeline), [
    's_total{job="w"} 5+1x1 36+30x1 66',
    'r_age_seconds{meter="a b",job="w"} 0.5+0.5x1 61+60x1 0.5',
    'up{job="w"} 1+0x4',
  ]);
});

Deno.test("Timeline ends a series that is missing on a page, and all series of a service that does not answer", () => {
  const timeline = new Timeline().add([page(0, 1, 1, "x 1\n"), page(1, 1, 1)]).hold([undefined], 2).add([
    page(2, 2, 1),
  ]);
  assert.deepEqual(values(timeline), [
    's_total{job="w"} 1+0x1 stale _ 2',
    'r_age_seconds{meter="a b",job="w"} 1+0x1 stale _ 1',
    'x{job="w"} 1 stale _ _ _',
    'up{job="w"} 1+0x1 0+0x1 1',
  ]);
});
