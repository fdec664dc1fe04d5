import assert from "node:assert/strict";
import { FakeTime } from "../support/fake_time.ts";
import { emptyJournal, newNode } from "./setup.ts";

Deno.test("NatsNode publishes its status every 30 seconds, even if the wall clock jumps", async () => {
  const time = new FakeTime();
  const reports: number[] = [];
  const journal = {
    ...emptyJournal,
    undelivered: () => {
      reports.push(time.mono());
      return 0;
    },
  };
  const node = newNode({ address: "127.0.0.1:1", journal, time });
  node.start();
  await time.advance(90_000);
  time.setWall(time.now() + 86_400_000);
  await time.advance(60_000);
  time.setWall(0);
  await time.advance(60_000);
  assert.deepEqual(reports, [1, 2, 3, 4, 5, 6, 7].map((beat) => beat * 30_000));
  const closing = node.close();
  await time.advance(10_000);
  await closing;
});
