import assert from "node:assert/strict";
import { type Failure, FailureLog } from "../../src/nats/failure_log.ts";
import { FakeTime } from "../support/fake_time.ts";
import { Logged } from "./logged.ts";

const failure: Failure = {
  meter: "evse-1",
  endpoint: "transaction.start",
  code: "BUSY",
  transaction: "tx-1",
  error: "16 wait",
};
const minuteMs = 60_000;

Deno.test("FailureLog writes the first failure at once and the following ones as one line a minute later", async () => {
  const [log, time] = [new Logged(), new FakeTime()];
  const failures = new FailureLog(log, time);
  for (let n = 1; n <= 1000; n++) failures.add({ ...failure, error: `the ${n}th` });
  assert.deepEqual(log.lines.map(({ text }) => text), [
    'warn Request failed: the 1th {"meter":"evse-1","endpoint":"transaction.start","code":"BUSY","transaction":"tx-1"}',
  ]);
  await time.advance(minuteMs);
  assert.match(log.lines[1]?.text ?? "", /^warn 999 more requests failed .*the 1000th.*"count":999/);
  assert.equal(log.lines.length, 2);
});

Deno.test("FailureLog writes a single following failure as its own line", async () => {
  const [log, time] = [new Logged(), new FakeTime()];
  const failures = new FailureLog(log, time);
  failures.add(failure);
  failures.add({ ...failure, error: "another" });
  await time.advance(minuteMs);
  assert.match(log.lines[1]?.text ?? "", /^warn Request failed: another/);
});

Deno.test("FailureLog separates meters, endpoints and codes, and uses a level for each code", () => {
  const log = new Logged();
  const failures = new FailureLog(log, new FakeTime());
  const all: readonly Failure[] = [
    failure,
    { ...failure, meter: "evse-2" },
    { ...failure, endpoint: "reading.get" },
    { ...failure, code: "TIMEOUT" },
    { ...failure, code: "UNKNOWN_TRANSACTION" },
    { ...failure, code: "INTERNAL" },
  ];
  for (const each of [...all, ...all]) failures.add(each);
  assert.deepEqual(log.lines.map(({ level }) => level), ["warn", "warn", "warn", "warn", "info", "error"]);
  failures.close();
});

Deno.test("FailureLog stays below 1,000 lines when a client sends a failing request every 10 s for a month", async () => {
  const [log, time] = [new Logged(), new FakeTime()];
  const failures = new FailureLog(log, time);
  for (let n = 0; n < 30 * 24 * 360; n += 6) {
    for (let k = 0; k < 6; k++) failures.add({ ...failure, code: "METER_OFFLINE" });
    await time.advance(minuteMs);
  }
  assert.ok(log.lines.length > 700 && log.lines.length < 1000, `${log.lines.length} lines`);
});

Deno.test("FailureLog writes a failure at once after a time without failures", async () => {
  const [log, time] = [new Logged(), new FakeTime()];
  const failures = new FailureLog(log, time);
  failures.add(failure);
  await time.advance(minuteMs);
  failures.add(failure);
  assert.equal(log.lines.length, 2);
  failures.close();
});

Deno.test("FailureLog writes the counted failures when it is closed", async () => {
  const [log, time] = [new Logged(), new FakeTime()];
  const failures = new FailureLog(log, time);
  for (let n = 0; n < 3; n++) failures.add(failure);
  failures.close();
  await time.advance(0);
  assert.match(log.lines[1]?.text ?? "", /2 more requests failed/);
  assert.equal(time.sleeping, 0);
});
