import assert from "node:assert/strict";
import { ProblemLog, ProblemLogs, withoutRepeats } from "../../src/base/problem_log.ts";
import { FakeTime } from "../support/fake_time.ts";
import { Logged } from "../nats/logged.ts";

const minuteMs = 60_000;
const rig = () => {
  const time = new FakeTime();
  const log = new Logged();
  const texts = () => log.lines.splice(0).filter(({ level }) => level !== "debug").map(({ text }) => text);
  return { time, texts, problemLog: new ProblemLog(log, time, "error"), log };
};

Deno.test("ProblemLog logs a problem when it begins, every hour with a count, and when it ends", async () => {
  const { time, texts, problemLog } = rig();
  for (let minute = 0; minute < 130; minute++) {
    problemLog.failed("cannot write", { reason: "disk full" });
    await time.advance(minuteMs);
  }
  problemLog.over("can write again");
  problemLog.over("can write again");
  assert.deepEqual(texts(), [
    'error cannot write {"reason":"disk full"}',
    'error cannot write {"reason":"disk full","times":60}',
    'error cannot write {"reason":"disk full","times":60}',
    'info can write again {"failed_times":130}',
  ]);
});

Deno.test("ProblemLog logs no success without a failure, and no count for a single failure", () => {
  const { texts, problemLog } = rig();
  problemLog.over("works");
  assert.deepEqual(texts(), []);
  problemLog.failed("fails");
  problemLog.over("works");
  assert.deepEqual(texts(), ["error fails {}", "info works {}"]);
});

Deno.test("ProblemLog logs each reason of a problem once, even if the reasons alternate", () => {
  const { texts, problemLog } = rig();
  for (let count = 0; count < 50; count++) problemLog.failed("fails", { reason: count % 2 === 0 ? "a" : "b" });
  assert.deepEqual(texts(), ['error fails {"reason":"a"}', 'error fails {"reason":"b"}']);
});

Deno.test("ProblemLog limits the lines of a problem that occurs from time to time, or whose text always changes", async () => {
  for (const text of [() => "fails", (count: number) => `fails ${count}`]) {
    const { time, texts, problemLog } = rig();
    for (let count = 0; count < 1200; count++) {
      problemLog.failed(text(count));
      problemLog.over("works");
      await time.advance(3000);
    }
    const first = texts();
    assert.equal(first.length, 12);
    problemLog.failed("fails again");
    assert.deepEqual(texts(), ['error fails again {"times":1195}']);
  }
});

Deno.test("ProblemLogs keeps the problems of several objects separate", () => {
  const log = new Logged();
  const problemLogs = new ProblemLogs<string>(log, new FakeTime());
  problemLogs.of("a").failed("fails", { of: "a" });
  problemLogs.of("b").failed("fails", { of: "b" });
  problemLogs.of("a").over("works", { of: "a" });
  assert.equal(log.lines.length, 3);
  assert.deepEqual([problemLogs.of("a").isFailing, problemLogs.of("b").isFailing], [false, true]);
});

Deno.test("withoutRepeats writes equal lines once an hour, and all other lines at once", async () => {
  const time = new FakeTime();
  const log = new Logged();
  const limited = withoutRepeats(log, time);
  for (let minute = 0; minute < 90; minute++) {
    limited.warn("cannot fetch", { meter: "evse-1" });
    if (minute === 5) limited.warn("cannot fetch", { meter: "evse-2" });
    limited.info("found it stored");
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
