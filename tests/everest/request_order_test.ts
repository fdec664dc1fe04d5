import assert from "node:assert/strict";
import { testProperties } from "../fuzz/test_properties.ts";
import { startPayload } from "./fake_everest.ts";
import { requestOrderProperties } from "./request_order_properties.ts";
import { record, requestsOfMeter, startValue } from "./requests_of_meter.ts";
import type { NodeRequest } from "./scripted_node.ts";

const started = { status: "OK", signed_meter_value: startValue };
const stopped = { status: "OK", signed_meter_value: record };
const busy = { status: "UNEXPECTED_ERROR", code: "BUSY", error: "too many requests" };

/** The requests as short texts: `start tx-1`. */
function texts(requests: readonly NodeRequest[]): string[] {
  return requests.map(({ what, body }) => `${what.replace("transaction.", "")} ${body.transaction_id}`.trim());
}

testProperties(requestOrderProperties);

Deno.test("a stop of the open transaction that waits for the node is not sent after a start", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = ({ atMs, what }) => atMs < 10_000 ? "nobody" : what === "transaction.start" ? started : stopped;
  const stop = send("stop", "");
  await time.advance(5_000);
  const before = node.requests.length;
  const start = send("start", startPayload("tx-1"));
  const { status, error } = await reply(stop);
  assert.equal(status, "UNEXPECTED_ERROR");
  assert.match(error ?? "", /^Cannot stop the open transaction on evse-1: EVerest has asked to start transaction tx-1/);
  assert.deepEqual(await reply(start), started);
  await time.advance(120_000);
  assert.deepEqual([...new Set(texts(node.requests.slice(before)))], ["start tx-1"]);
});

Deno.test("a stop of the open transaction that the node refuses after a start is not repeated", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  const answer = Promise.withResolvers<object>();
  node.answer = ({ what }) => what === "transaction.start" ? started : answer.promise;
  const stop = send("stop", "");
  await time.advance(100);
  assert.deepEqual(await reply(send("start", startPayload("tx-1"))), started);
  answer.resolve(busy);
  assert.match((await reply(stop)).error ?? "", /EVerest has asked to start transaction tx-1 since/);
  await time.advance(120_000);
  assert.deepEqual(texts(node.requests), ["stop", "start tx-1"]);
});

for (const id of ["tx-1", ""]) {
  Deno.test(`a stop of ${id || "the open transaction"} ends a start that is repeated, after its last attempt`, async () => {
    const { node, send, reply, time } = requestsOfMeter();
    node.answer = ({ what }) => what === "transaction.start" ? "silence" : stopped;
    const start = send("start", startPayload("tx-1"));
    await time.advance(6_000);
    assert.deepEqual(texts(node.requests), ["start tx-1", "start tx-1"]);
    const stop = send("stop", id);
    assert.deepEqual(await reply(stop), stopped);
    assert.match(
      (await reply(start)).error ?? "",
      /^Cannot start transaction tx-1 on evse-1: EVerest has asked to stop .* since$/,
    );
    assert.ok((node.requests[2]?.atMs ?? 0) >= 10_000, "the node does not begin the last attempt any more");
    await time.advance(120_000);
    const stops = texts(node.requests.slice(2)).toSorted();
    assert.deepEqual(stops, id === "" ? ["stop", "stop tx-1"] : ["stop tx-1"]);
  });
}

Deno.test("a start that succeeds while a stop waits for it is answered, then its transaction is stopped", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  const answer = Promise.withResolvers<object>();
  node.answer = ({ what }) => what === "transaction.start" ? answer.promise : stopped;
  const start = send("start", startPayload("tx-1"));
  const stop = send("stop", "tx-1");
  await time.advance(1_000);
  assert.deepEqual(texts(node.requests), ["start tx-1"]);
  answer.resolve(started);
  assert.deepEqual(await reply(start), started);
  assert.deepEqual(await reply(stop), stopped);
  assert.deepEqual(texts(node.requests), ["start tx-1", "stop tx-1"]);
});

Deno.test("a start that is repeated is not sent after the start of another transaction", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = ({ atMs, body }) => atMs < 10_000 ? "nobody" : body.transaction_id === "tx-2" ? started : stopped;
  const first = send("start", startPayload("tx-1"));
  await time.advance(5_000);
  const before = node.requests.length;
  const second = send("start", startPayload("tx-2"));
  assert.match((await reply(first)).error ?? "", /EVerest has asked to start transaction tx-2 since$/);
  assert.deepEqual(await reply(second), started);
  await time.advance(120_000);
  assert.deepEqual([...new Set(texts(node.requests.slice(before)))], ["start tx-2"]);
});

Deno.test("a stop waits for the last attempt of its start, also after the start of another transaction", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  const answer = Promise.withResolvers<object>();
  node.answer = ({ what, body }) =>
    what === "transaction.stop" ? stopped : body.transaction_id === "tx-1" ? answer.promise : started;
  const first = send("start", startPayload("tx-1"));
  const second = send("start", startPayload("tx-2"));
  const stop = send("stop", "tx-1");
  await time.advance(1_000);
  assert.deepEqual(texts(node.requests), ["start tx-1"]);
  answer.resolve(started);
  for (const start of [first, second]) assert.deepEqual(await reply(start), started);
  assert.deepEqual(await reply(stop), stopped);
  assert.deepEqual(texts(node.requests).toSorted(), ["start tx-1", "start tx-2", "stop tx-1"]);
});

Deno.test("a transaction that begins after the error for its start is stopped", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = async ({ atMs, what }) => {
    if (atMs < 31_000) return "nobody";
    if (what === "transaction.stop") return stopped;
    await time.sleep(37_000 - atMs);
    return started;
  };
  assert.match(
    (await reply(send("start", startPayload("tx-1")))).error ?? "",
    /it is stopped, and its record is published$/,
  );
  assert.ok(!texts(node.requests).includes("stop tx-1"));
  await time.advance(120_000);
  assert.deepEqual(texts(node.requests).slice(-2), ["start tx-1", "stop tx-1"]);
});

Deno.test("a start whose last attempt has no answer is stopped until the node answers", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = ({ atMs, what }) => what === "transaction.start" || atMs < 90_000 ? "silence" : stopped;
  await reply(send("start", startPayload("tx-1")));
  await time.advance(120_000);
  const last = node.requests.at(-1);
  assert.deepEqual(texts(last === undefined ? [] : [last]), ["stop tx-1"]);
  assert.ok((last?.atMs ?? 0) >= 90_000);
  const count = node.requests.length;
  await time.advance(120_000);
  assert.equal(node.requests.length, count);
});

Deno.test("a start that the node refuses in the middle of its work is stopped", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = ({ what }) =>
    what === "transaction.start" ? { status: "UNEXPECTED_ERROR", code: "INTERNAL", error: "no reason" } : stopped;
  assert.equal((await reply(send("start", startPayload("tx-1")))).error, "no reason");
  await time.advance(1_000);
  assert.deepEqual(texts(node.requests), ["start tx-1", "stop tx-1"]);
});

Deno.test("a start of a transaction that is being stopped is refused, and a repeated start has one reply", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = () => "nobody";
  send("stop", "tx-1");
  await time.advance(100);
  const { error } = await reply(send("start", startPayload("tx-1")));
  assert.equal(error, "Cannot start transaction tx-1 on evse-1: it is being stopped");
  const answer = Promise.withResolvers<object>();
  node.answer = () => answer.promise;
  const starts = [send("start", startPayload("tx-2")), send("start", startPayload("tx-2"))];
  answer.resolve(started);
  for (const start of starts) assert.deepEqual(await reply(start), started);
  assert.equal(texts(node.requests).filter((text) => text === "start tx-2").length, 1);
});
