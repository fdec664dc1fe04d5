import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Input,
  isOpen,
  monitored,
  recordReason,
  step,
  type TransactionState,
} from "../../src/transaction/machine.ts";

const ids = fc.constantFrom("a", "b", "c");
const foundIds = fc.option(ids, { nil: undefined });
const inputs: fc.Arbitrary<Input> = fc.oneof(
  fc.record({ kind: fc.constant("accepted"), transactionId: ids }),
  fc.record({ kind: fc.constant("failed"), reason: fc.constant("the meter refused") }),
  fc.record({
    kind: fc.constant("meter"),
    state: fc.constantFrom("NOT_READY", "RUNNING", "READY", "CORRUPTED"),
    transactionId: foundIds,
  }),
  fc.record({ kind: fc.constant("end"), why: fc.constantFrom("stopped", "superseded", "cancelled") }),
  fc.record({
    kind: fc.constant("stored"),
    transactionId: foundIds,
    reason: fc.constantFrom("stopped", "power_loss", "superseded", "cancelled", "recovered", "corrupted"),
  }),
  fc.record({ kind: fc.constant("exchanged") }),
);

/** Runs the inputs from idle and shows every step to `look`. */
function walk(
  given: readonly Input[],
  look: (before: TransactionState, input: Input, after: ReturnType<typeof step>) => void,
) {
  let state: TransactionState = { kind: "idle" };
  for (const input of given) {
    const next = step(state, input);
    look(state, input, next);
    state = next.state;
  }
}

const always = (look: Parameters<typeof walk>[1]) =>
  fc.assert(fc.property(fc.array(inputs, { maxLength: 30 }), (given) => walk(given, look)), { numRuns: 2000 });

Deno.test("step journals every change of state before it holds, except one that is stored with its record", () => {
  always((before, input, { state, effects }) => {
    const changed = before.kind !== state.kind || before.transactionId !== state.transactionId;
    if (!changed || input.kind === "stored" || state.transactionId === undefined) return;
    const journalled = effects.filter((effect) => effect.do === "journal").at(-1);
    assert.equal(journalled?.state, state.kind);
    assert.equal(journalled?.transactionId, state.transactionId);
  });
});

Deno.test("step never forgets an open transaction that has an id without journalling its end", () => {
  always((before, input, { state, effects }) => {
    if (!isOpen(before) || before.transactionId === undefined || before.transactionId === state.transactionId) return;
    const ended = effects.find((effect) => effect.do === "journal" && effect.transactionId === before.transactionId);
    assert.ok(ended !== undefined || input.kind === "stored");
  });
});

Deno.test("step turns the monitor on and off with the transaction that is on the meter", () => {
  always((before, _input, { state, effects }) => {
    const switches = effects.filter((effect) => effect.do === "monitor").map(({ on }) => on);
    assert.deepEqual(switches, monitored(before) === monitored(state) ? [] : [monitored(state)]);
  });
});

Deno.test("step accepts a start only while nothing is open", () => {
  always((before, input, { state }) => {
    if (input.kind !== "accepted") return;
    assert.deepEqual(state, isOpen(before) ? before : { kind: "starting", transactionId: input.transactionId });
  });
});

Deno.test("step believes the meter: RUNNING is open, NOT_READY is not, and saying it twice changes nothing", () => {
  always((_before, input, { state }) => {
    if (input.kind !== "meter") return;
    if (input.state === "RUNNING") assert.equal(monitored(state), true);
    if (input.state === "NOT_READY") assert.equal(isOpen(state), false);
    const again = step(state, input);
    assert.deepEqual(again.state, state);
    assert.deepEqual(again.effects.filter((effect) => effect.do !== "raise"), []);
  });
});

Deno.test("step keeps the first reason for which a transaction is ended", () => {
  const stopping: TransactionState = { kind: "stopping", transactionId: "a", why: "cancelled" };
  assert.deepEqual(step(stopping, { kind: "end", why: "stopped" }).state, stopping);
});

Deno.test("recordReason puts a stop before a power loss, and believes neither of another transaction's record", () => {
  const stopping: TransactionState = { kind: "stopping", transactionId: "a", why: "stopped" };
  const running: TransactionState = { kind: "running", transactionId: "a" };
  assert.equal(recordReason(stopping, "READY", "a", "P"), "stopped");
  assert.equal(recordReason(stopping, "READY", "b", "P"), "power_loss");
  assert.equal(recordReason(running, "READY", "a", "P"), "power_loss");
  assert.equal(recordReason(running, "READY", "a", "E"), "recovered");
  assert.equal(recordReason(stopping, "CORRUPTED", "a", "E"), "corrupted");
});
