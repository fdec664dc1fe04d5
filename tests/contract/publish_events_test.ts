import assert from "node:assert/strict";
import { type Publisher, publishMeterEvent, publishTransactionEvent } from "../../src/contract/mod.ts";
import type { MeterEvent } from "../../src/meter/mod.ts";
import { deviceFault, em580, reading } from "../nats/fakes.ts";

/** A publisher that only records the calls of its methods. */
class NotedCalls implements Publisher {
  readonly calls: unknown[][] = [];
  readonly publishReading = this.#note("reading");
  readonly publishStatus = this.#note("status");
  readonly publishPublicKey = this.#note("public_key");
  readonly publishFault = this.#note("fault");
  readonly publishNodeFault = this.#note("node fault");
  readonly publishNodeStatus = this.#note("node status");
  readonly wakeOutbox = this.#note("record");
  readonly wakeIntervals = this.#note("interval");

  #note(what: string): (...args: unknown[]) => void {
    return (...args) => void this.calls.push([what, ...args]);
  }
}

function callsOf(publish: (publisher: Publisher) => void): unknown[][] {
  const noted = new NotedCalls();
  publish(noted);
  return noted.calls;
}

const ofMeter = (event: MeterEvent) => callsOf((publisher) => publishMeterEvent(publisher, "evse-1", event));

Deno.test("publishMeterEvent publishes a reading and a fault unchanged", () => {
  assert.deepEqual(ofMeter({ kind: "reading", reading }), [["reading", "evse-1", reading]]);
  assert.deepEqual(ofMeter({ kind: "fault", fault: deviceFault }), [["fault", "evse-1", deviceFault]]);
});

Deno.test("publishMeterEvent publishes the status of a meter whose state changes, and the status of the process", () => {
  assert.deepEqual(ofMeter({ kind: "state", state: "offline", atMs: 0 }), [["status", "evse-1"], ["node status"]]);
});

Deno.test("publishMeterEvent publishes the public key of a meter before its status, once it is identified", () => {
  assert.deepEqual(ofMeter({ kind: "identified", identity: em580 }), [["public_key", "evse-1"], ["status", "evse-1"]]);
});

Deno.test("publishMeterEvent publishes nothing for events that concern only transactions", () => {
  assert.deepEqual([ofMeter({ kind: "recognised" }), ofMeter({ kind: "ocmf_state", state: "READY" })], [[], []]);
});

Deno.test("publishTransactionEvent publishes the status of a transaction, and starts the delivery of its record", () => {
  const of = (event: Parameters<typeof publishTransactionEvent>[2]) =>
    callsOf((publisher) => publishTransactionEvent(publisher, "evse-1", event));
  assert.deepEqual(of({ kind: "state", state: "running", transactionId: "tx-1" }), [["status", "evse-1"]]);
  assert.deepEqual(of({ kind: "record", seq: 1 }), [["record"]]);
});
