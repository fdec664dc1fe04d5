import assert from "node:assert/strict";
import { Peers } from "../../src/nats/peers.ts";
import type { NodeInstancePayload } from "../../src/contract/node_schemas.ts";

type Payload = Partial<NodeInstancePayload> & Pick<NodeInstancePayload, "instance">;

function peersOf(...answers: Payload[]): Peers {
  const names = ["evse-1", "evse-2"];
  const peers = new Peers({ instance: "m", replaces: "k" }, { names, has: (name) => names.includes(name) });
  answer(peers, ...answers);
  return peers;
}

function answer(peers: Peers, ...answers: Payload[]): void {
  for (const one of answers) peers.answered({ state: "starting", meters: ["evse-1"], ...one });
}

function silentRounds(peers: Peers, count: number): void {
  for (let round = 0; round < count; round++) {
    peers.beginRound();
    peers.endRound();
  }
}

Deno.test("Peers allows a process to serve that has no meter in common with another one", () => {
  assert.deepEqual(peersOf().verdict(), { serves: true });
  const others = peersOf({ instance: "a", state: "active", meters: ["evse-3"] });
  assert.deepEqual([others.twins, others.verdict()], [[], { serves: true }]);
});

Deno.test("Peers leaves the meters to a process that serves one of them, independent of the ids", () => {
  for (const instance of ["a", "z"]) {
    const peers = peersOf({ instance, state: "active", meters: ["evse-9", "evse-2"] });
    assert.deepEqual(peers.verdict(), { serves: false, yieldsTo: instance });
    assert.deepEqual(peers.twins.map(({ meters }) => meters), [["evse-2"]]);
  }
});

Deno.test("Peers chooses the lowest id among processes that start together", () => {
  assert.deepEqual(peersOf({ instance: "z" }, { instance: "n" }).verdict(), { serves: true });
  assert.deepEqual(peersOf({ instance: "z" }, { instance: "b" }, { instance: "c" }).verdict(), {
    serves: false,
    yieldsTo: "b",
  });
  assert.deepEqual(peersOf({ instance: "z", state: "passive", yields_to: "m" }).verdict(), { serves: true });
});

Deno.test("Peers waits for a silent process that another one waits for, until that process has stopped", () => {
  const waiting = { instance: "z", state: "passive", yields_to: "b" } as const;
  const peers = peersOf(waiting);
  assert.deepEqual(peers.verdict(), { serves: false, yieldsTo: "b" });
  for (let round = 0; round < 4; round++) {
    assert.equal(peers.verdict().serves, false);
    peers.beginRound();
    answer(peers, waiting);
    peers.endRound();
  }
  assert.deepEqual(peers.verdict(), { serves: true });
});

Deno.test("Peers drops a process after four rounds without an answer", () => {
  const peers = peersOf({ instance: "a", state: "active" });
  silentRounds(peers, 3);
  assert.equal(peers.verdict().serves, false);
  peers.beginRound();
  answer(peers, { instance: "a", state: "active" });
  peers.endRound();
  silentRounds(peers, 3);
  assert.equal(peers.verdict().serves, false);
  silentRounds(peers, 1);
  assert.deepEqual([peers.twins, peers.verdict()], [[], { serves: true }]);
});

Deno.test("Peers questions a process again that reports its end, because any client can send this report", () => {
  const peers = peersOf({ instance: "a", state: "active" });
  peers.leaves("a");
  // It has answered in the current round
  peers.endRound();
  assert.equal(peers.verdict().serves, false);
  peers.beginRound();
  answer(peers, { instance: "a", state: "active" });
  peers.endRound();
  assert.equal(peers.verdict().serves, false);
  peers.leaves("a");
  silentRounds(peers, 1);
  assert.deepEqual(peers.verdict(), { serves: true });
});

Deno.test("Peers reports the previous process only if it answers, which means that the state folder was copied", () => {
  assert.deepEqual(peersOf({ instance: "m", state: "active" }).verdict(), { serves: true });
  assert.deepEqual(peersOf({ instance: "k", state: "active" }).verdict(), { serves: false, yieldsTo: "k" });
});

Deno.test("Peers stores at most a hundred processes", () => {
  const many = Array.from({ length: 200 }, (_, place) => ({ instance: `n${place}` }));
  assert.equal(peersOf(...many).twins.length, 100);
});

Deno.test("Peers questions a process that is new or has another state", () => {
  const peers = peersOf({ instance: "a", state: "active" });
  const needsQuestion = (payload: Payload) => peers.needsQuestion({ state: "active", meters: ["evse-1"], ...payload });
  assert.deepEqual(
    [
      needsQuestion({ instance: "a" }),
      needsQuestion({ instance: "a", state: "stopped" }),
      needsQuestion({ instance: "b" }),
      needsQuestion({ instance: "b", state: "stopped" }),
      needsQuestion({ instance: "b", meters: ["evse-3"] }),
      needsQuestion({ instance: "m" }),
    ],
    [false, true, true, false, false, false],
  );
});
