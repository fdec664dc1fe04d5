import assert from "node:assert/strict";
import type { QueueProblems } from "../../src/interval/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { freeAddress } from "../support/own_address.ts";
import { FakeHealth, newNode } from "./setup.ts";

Deno.test("NatsNode has a fault while intervals are dropped, and one while their file cannot be used", async () => {
  const time = new FakeTime();
  const health = new FakeHealth();
  const none: QueueProblems = { dropped: undefined, failed: undefined };
  const intervals = {
    problems: none,
    waiting: () => [],
    synced: () => Promise.resolve(true),
    published: () => true,
  };
  const node = newNode({ address: freeAddress(), health, time, intervals });
  const faults = () => [health.message("IntervalsDropped"), health.message("IntervalsFailed")];
  node.start();
  const seen: unknown[] = [];
  for (const problems of [none, { ...none, failed: "no file" }, { ...none, dropped: "50 dropped" }, none]) {
    intervals.problems = problems;
    await time.advance(6_000);
    seen.push(faults());
  }
  assert.deepEqual(seen, [
    [undefined, undefined],
    [undefined, "no file"],
    ["50 dropped", undefined],
    [undefined, undefined],
  ]);
  await time.run(node.close());
});
