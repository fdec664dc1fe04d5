import assert from "node:assert/strict";
import { type JoinOptions, SharedWork } from "../../src/base/shared_work.ts";
import { FakeTime } from "../support/fake_time.ts";

const until = (untilMs?: number): JoinOptions => ({ untilMs, late: () => new Error("too late") });

Deno.test("SharedWork runs once, and every caller gets its result", async () => {
  let runs = 0;
  const work = new SharedWork(() => Promise.resolve(++runs), new FakeTime());
  const early = [work.join(until()), work.join(until(100))];
  await work.begin();
  assert.deepEqual(await Promise.all([...early, work.join(until(0))]), [1, 1, 1]);
  await work.begin();
  assert.equal(runs, 1);
});

Deno.test("SharedWork rejects every caller with the error that the work throws", async () => {
  const work = new SharedWork(() => Promise.reject(new Error("broken")), new FakeTime());
  const early = assert.rejects(work.join(until()), /broken/);
  await work.begin();
  await early;
  await assert.rejects(work.join(until()), /broken/);
});

Deno.test("SharedWork rejects only a caller whose limit passes before the work begins", async () => {
  const time = new FakeTime();
  const work = new SharedWork(() => Promise.resolve("done"), time);
  const [hasty, patient] = [work.join(until(100)), work.join(until(101))];
  const refused = assert.rejects(hasty, /too late/);
  await time.advance(100);
  await refused;
  assert.equal(work.callers, 1);
  await work.begin();
  await time.advance(1000);
  assert.equal(await patient, "done");
  assert.equal(time.sleeping, 0);
});

Deno.test("SharedWork without callers runs only with the option guaranteed", async () => {
  for (const guaranteed of [false, true]) {
    const time = new FakeTime();
    let [runs, left] = [0, 0];
    const work = new SharedWork(() => Promise.resolve(runs++), time, { guaranteed, onLeft: () => left++ });
    const refused = assert.rejects(work.join(until(100)), /too late/);
    await time.advance(100);
    await refused;
    await work.begin();
    assert.deepEqual([left, runs], [1, guaranteed ? 1 : 0]);
  }
});

Deno.test("SharedWork rejects a caller whose limit has passed even if its timer is late", async () => {
  let runs = 0;
  const work = new SharedWork(() => Promise.resolve(runs++), {
    now: () => 0,
    mono: () => 200,
    sleep: () => new Promise(() => {}),
  });
  const refused = assert.rejects(work.join(until(100)), /too late/);
  await work.begin();
  await refused;
  assert.equal(runs, 0);
});

Deno.test("SharedWork never runs after it was refused", async () => {
  let runs = 0;
  const work = new SharedWork(() => Promise.resolve(runs++), new FakeTime(), { guaranteed: true });
  const refused = assert.rejects(work.join(until()), /ending/);
  work.refuse(new Error("ending"));
  await refused;
  await work.begin();
  await assert.rejects(work.join(until()), /ending/);
  assert.equal(runs, 0);
});
