import assert from "node:assert/strict";
import { bySeverity, type HealthProblem } from "../../src/base/health_problem.ts";
import { nodeProblems } from "../../src/health/mod.ts";
import { JournalError } from "../../src/journal/mod.ts";

const nowMs = Date.UTC(2026, 0, 31, 8);
const empty = { undelivered: () => 0, longestWaiting: () => undefined };
const source = { faults: [], natsProblems: [], journal: empty, nowMs };

Deno.test("a fault of the process is a problem with its severity, and a sentence in it is not repeated", () => {
  const fault = { subType: "AccessDenied", active: true, message: "One. Two", sinceMs: 5, atMs: 6 } as const;
  assert.deepEqual(nodeProblems({ ...source, faults: [fault], natsProblems: ["One", "Three"] }), [
    { severity: "High", fault: "AccessDenied", message: "One. Two", sinceMs: 5 },
    { severity: "Medium", message: "Three" },
  ]);
});

Deno.test("records that wait for a minute are a problem, and those on their way are not", () => {
  const waiting = (ageMs: number) =>
    nodeProblems({
      ...source,
      journal: { undelivered: () => 2, longestWaiting: () => ({ seq: 1, sinceMs: nowMs - ageMs }) },
    });
  assert.deepEqual(waiting(59_999), []);
  const [problem] = waiting(60_000);
  assert.match(problem?.message ?? "", /^2 records wait for delivery, the oldest since 2026-01-31T07:59:00\.000Z/);
});

Deno.test("a journal that cannot be read leaves the other problems", () => {
  const journal = {
    undelivered: () => 0,
    longestWaiting: () => {
      throw new JournalError("read_failed", "no disk");
    },
  };
  assert.deepEqual(nodeProblems({ ...source, journal, natsProblems: ["One"] }).map(({ message }) => message), ["One"]);
});

Deno.test("the most severe problems are first", () => {
  const problems = (["Low", "High", "Medium", "High"] as const).map((severity, place): HealthProblem => {
    return { severity, message: String(place) };
  });
  assert.deepEqual(bySeverity(problems).map(({ message }) => message), ["1", "3", "2", "0"]);
});
