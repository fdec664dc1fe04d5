import assert from "node:assert/strict";
import { parsePage } from "./metrics_page.ts";
import { Timeline } from "./timeline.ts";

const page = (atS: number, starts: number, age: number, more = "") =>
  parsePage(
    `# HELP s Starts\n# TYPE s_total counter\ns_total ${starts}\n# TYPE r_age_seconds gauge\nr_age_seconds{meter="a b"} ${age}\n${more}`,
    atS,
  );
const values = (timeline: Timeline) => timeline.series({ job: "w" }).map(({ series, values }) => `${series} ${values}`);

Deno.test("Timeline continues an age that grew as the time did, and a counter as fast as it grew", () => {
  const timeline = new Timeline().hold([page(0, 5, 0.5), page(2, 6, 2.5)], 4).add([page(3, 7, 0.5)]);
  assert.deepEqual(values(timeline), [
    's_total{job="w"} 5+30x3 96',
    'r_age_seconds{meter="a b",job="w"} 0.5+60x3 0.5',
    'up{job="w"} 1+0x4',
  ]);
});

Deno.test("Timeline does not continue an age that grew slower than the time, or that fell in between", () => {
  for (const [one, two, three] of [[0.1, 0.2, 0.9], [0.1, 0.05, 2.1]] as const) {
    const [, age] = values(new Timeline().hold([page(0, 1, one), page(1, 1, two), page(2, 1, three)], 3));
    assert.ok(!age?.includes("60"), String(age));
  }
});

Deno.test("Timeline ends a series that is missing on a page, and all series of a service that does not answer", () => {
  const timeline = new Timeline().add([page(0, 1, 1, "x 1\n"), page(1, 1, 1)]).hold([undefined], 2)
    .add([page(2, 2, 1)]);
  assert.deepEqual(values(timeline), [
    's_total{job="w"} 1+0x1 stale _ 2',
    'r_age_seconds{meter="a b",job="w"} 1+0x1 stale _ 1',
    'x{job="w"} 1 stale _ _ _',
    'up{job="w"} 1+0x1 0+0x1 1',
  ]);
});

Deno.test("Timeline leaves out metrics whose values depend on the machine of the test", () => {
  const pages = [page(0, 1, 1, 'wattseal_event_loop_delay_seconds{quantile="0.99"} 3\n')];
  assert.equal(values(new Timeline().add(pages)).length, 3);
  assert.equal(values(new Timeline({ including: ["wattseal_event_loop_delay_seconds"] }).add(pages)).length, 4);
});
