import assert from "node:assert/strict";
import fc from "fast-check";
import { type Input, isMonitored, isOpen, step, type TransactionState } from "../../src/transaction/state_machine.ts";
import { type Property, property, type PropertyHead } from "../fuzz/property.ts";

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
  fc.record({ kind: fc.constant("replaced") }),
);

/** Runs the inputs from idle and calls `look` for every step. */
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

function always(head: PropertyHead, look: Parameters<typeof walk>[1]): Property {
  return property(head, [fc.array(inputs, { maxLength: 30 })], (given) => walk(given, look));
}

/** Properties of every step of the state machine. */
export const machineProperties: readonly Property[] = [
  always({
    name: "step-journals-first",
    title: "step journals every change of state before it holds, except one that is stored with its record",
    runs: 2000,
  }, (before, input, { state, effects }) => {
    const changed = before.kind !== state.kind || before.transactionId !== state.transactionId;
    if (!changed || input.kind === "stored" || state.transactionId === undefined) return;
    const journalled = effects.filter((effect) => effect.do === "journal").at(-1);
    assert.equal(journalled?.state, state.kind);
    assert.equal(journalled?.transactionId, state.transactionId);
  }),
  always({
    name: "step-forgets-nothing",
    title: "step never forgets an open transaction that has an id without journalling its end",
    runs: 2000,
  }, (before, input, { state, effects }) => {
    if (!isOpen(before) || before.transactionId === undefined || before.transactionId === state.transactionId) return;
    const ended = effects.find((effect) => effect.do === "journal" && effect.transactionId === before.transactionId);
    assert.ok(ended !== undefined || input.kind === "stored");
  }),
  always({
    name: "step-monitor",
    title: "step turns the monitor on and off with the transaction that is on the meter",
    runs: 2000,
  }, (before, _input, { state, effects }) => {
    const switches = effects.filter((effect) => effect.do === "monitor").map(({ on }) => on);
    assert.deepEqual(switches, isMonitored(before) === isMonitored(state) ? [] : [isMonitored(state)]);
  }),
  always({
    name: "step-accepts",
    title: "step accepts a start only while nothing is open",
    runs: 2000,
  }, (before, input, { state }) => {
    if (input.kind !== "accepted") return;
    assert.deepEqual(state, isOpen(before) ? before : { kind: "starting", transactionId: input.transactionId });
  }),
  always({
    name: "step-believes-the-meter",
    title: "step believes the meter: RUNNING is open, NOT_READY is not, and saying it twice changes nothing",
    runs: 2000,
  }, (_before, input, { state }) => {
    if (input.kind !== "meter") return;
    if (input.state === "RUNNING") assert.equal(isMonitored(state), true);
    if (input.state === "NOT_READY") assert.equal(isOpen(state), false);
    const again = step(state, input);
    assert.deepEqual(again.state, state);
    assert.deepEqual(again.effects.filter((effect) => effect.do !== "raise"), []);
  }),
];
