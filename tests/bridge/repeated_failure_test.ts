import assert from "node:assert/strict";
import { RepeatedFailure } from "../../bridge/repeated_failure.ts";
import { FakeTime } from "../support/fake_time.ts";

const minuteMs = 60_000;

Deno.test("RepeatedFailure logs the first occurrence of each kind, then one an hour with the count", async () => {
  const time = new FakeTime(Date.UTC(2026, 0, 31, 8));
  const failure = new RepeatedFailure(time);
  assert.equal(failure.occurred("gone", "unplugged"), "unplugged");
  assert.equal(failure.occurred("gone", "unplugged"), undefined);
  assert.equal(failure.occurred("denied", "no permission"), "no permission");
  assert.equal(failure.occurred("gone", "unplugged"), undefined);
  await time.advance(59 * minuteMs);
  assert.equal(failure.occurred("denied", "no permission"), undefined);
  await time.advance(minuteMs);
  const hourly = "no permission; 6 times since 2026-01-31T08:00:00.000Z";
  assert.equal(failure.occurred("denied", "no permission"), hourly);
  assert.equal(failure.occurred("gone", "unplugged"), undefined);
  assert.equal(failure.count, 7);
});

Deno.test("RepeatedFailure counts from one again once it is over", () => {
  const failure = new RepeatedFailure(new FakeTime());
  failure.occurred("gone", "unplugged");
  failure.over();
  assert.equal(failure.count, 0);
  assert.equal(failure.occurred("gone", "unplugged"), "unplugged");
});

Deno.test("RepeatedFailure logs 145 lines of a failure that goes on every second for a month", () => {
  let now = 0;
  const failure = new RepeatedFailure({ mono: () => now, now: () => now, sleep: () => Promise.resolve() });
  let lines = 0;
  for (; now < 31 * 24 * 60 * minuteMs; now += 1000) if (failure.occurred("gone", "unplugged") !== undefined) lines++;
  // The first one, 24 in the first day, four a day in the other thirty.
  assert.ok(lines >= 140 && lines <= 145, `${lines} lines`);
});

Deno.test("RepeatedFailure does not log each text of a failure that never looks the same", () => {
  const failure = new RepeatedFailure(new FakeTime());
  const lines = Array.from({ length: 100 }, (_, kind) => failure.occurred(`${kind}`, "failed"));
  assert.equal(lines.filter((line) => line !== undefined).length, 5);
});
