import assert from "node:assert/strict";
import { calmLog, TroubleLog, TroubleLogs } from "../../src/base/trouble_log.ts";
import { FakeTime } from "../support/fake_time.ts";
import { Logged } from "../nats/logged.ts";

const minuteMs = 60_000;
const rig = () => {
  const time = new FakeTime();
  const log = new Logged();
  const texts = () => log.lines.splice(0).filter(({ level }) => level !== "debug").map(({ text }) => text);
  return { time, texts, trouble: new TroubleLog(log, time, "error"), log };
};

Deno.test("TroubleLog logs a problem when it begins, every hour with a count, and when it ends", async () => {
  const { time, texts, trouble } = rig();
  for (let minute = 0; minute < 130; minute++) {
    trouble.failed("cannot write", { reason: "disk full" });
    await time.advance(minuteMs);
  }
  trouble.over("can write again");
  trouble.over("can write again");
  assert.deepEqual(texts(), [
    'error cannot write {"reason":"disk full"}',
    'error cannot write {"reason":"disk full","times":60}',
    'error cannot write {"reason":"disk full","times":60}',
    'info can write again {"failed_times":130}',
  ]);
});

Deno.test("TroubleLog logs no success without a failure, and no count for a single failure", () => {
  const { texts, trouble } = rig();
  trouble.over("works");
  assert.deepEqual(texts(), []);
  trouble.failed("fails");
  trouble.over("works");
  assert.deepEqual(texts(), ["error fails {}", "info works {}"]);
});

Deno.test("TroubleLog logs each reason of a problem once, even if the reasons alternate", () => {
  const { texts, trouble } = rig();
  for (let count = 0; count < 50; count++) trouble.failed("fails", { reason: count % 2 === 0 ? "a" : "b" });
  assert.deepEqual(texts(), ['error fails {"reason":"a"}', 'error fails {"reason":"b"}']);
});

Deno.test("TroubleLog limits the lines of a problem that occurs from time to time, or whose text always changes", async () => {
  for (const text of [() => "fails", (count: number) => `fails ${count}`]) {
    const { time, texts, trouble } = rig();
    for (let count = 0; count < 1200; count++) {
      trouble.failed(text(count));
      trouble.over("works");
      await time.advance(3000);
    }
    const first = texts();
    assert.equal(first.length, 12);
    trouble.failed("fails again");
    assert.deepEqual(texts(), ['error fails again {"times":1195}']);
  }
});

Deno.test("TroubleLogs keeps the problems of several objects separate", () => {
  const log = new Logged();
  const troubles = new TroubleLogs<string>(log, new FakeTime());
  troubles.of("a").failed("fails", { of: "a" });
  troubles.of("b").failed("fails", { of: "b" });
  troubles.of("a").over("works", { of: "a" });
  assert.equal(log.lines.length, 3);
  assert.deepEqual([troubles.of("a").isFailing, troubles.of("b").isFailing], [false, true]);
});

Deno.test("calmLog writes equal lines once an hour, and all other lines at once", async () => {
  const time = new FakeTime();
  const log = new Logged();
  const calm = calmLog(log, time);
  for (let minute = 0; minute < 90; minute++) {
    calm.warn("cannot fetch", { meter: "evse-1" });
    if (minute === 5) calm.warn("cannot fetch", { meter: "evse-2" });
    calm.info("found it stored");
    await time.advance(minuteMs);
  }
  const texts = log.lines.filter(({ level }) => level !== "debug").map(({ text }) => text);
  assert.deepEqual(texts, [
    'warn cannot fetch {"meter":"evse-1"}',
    "info found it stored {}",
    'warn cannot fetch {"meter":"evse-2"}',
    'warn cannot fetch {"meter":"evse-1","times":60}',
    'info found it stored {"times":60}',
  ]);
});
