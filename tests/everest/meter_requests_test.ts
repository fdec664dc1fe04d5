import assert from "node:assert/strict";
import { startPayload } from "./fake_everest.ts";
import { base, bytes, record, requestsOfMeter, startValue } from "./requests_of_meter.ts";

Deno.test("a start is sent to the node with all fields of EVerest, and answered with the start value", async () => {
  const { node, send, reply } = requestsOfMeter();
  node.answer = () => ({
    status: "OK",
    transaction_id: "tx-1",
    signed_meter_value: startValue,
    superseded_transaction_id: "tx-0",
    warnings: ["a text is cut"],
  });
  const end = send("start", { ...startPayload("tx-1"), identification_level: "TRUSTED", supersede: false });
  assert.deepEqual(await reply(end), { status: "OK", signed_meter_value: startValue });
  assert.deepEqual(node.requests.map(({ what, body }) => [what, body]), [
    ["transaction.start", { ...startPayload("tx-1"), identification_level: "TRUSTED" }],
  ]);
});

for (
  const [form, payload, id] of [
    ["an object", { transaction_id: "tx-1" }, "tx-1"],
    ["a bare text", "tx-1", "tx-1"],
    ["an empty text", "", ""],
    ["an object with an empty text", { transaction_id: "" }, ""],
  ] as const
) {
  Deno.test(`a stop with ${form} is answered with the record`, async () => {
    const { node, send, reply } = requestsOfMeter();
    node.answer = () => ({ status: "OK", start_signed_meter_value: startValue, signed_meter_value: record });
    assert.deepEqual(await reply(send("stop", payload)), {
      status: "OK",
      start_signed_meter_value: startValue,
      signed_meter_value: record,
    });
    assert.deepEqual(node.requests.map(({ what, body }) => [what, body]), [["transaction.stop", {
      transaction_id: id,
    }]]);
  });
}

Deno.test("a stop without an open transaction is OK without a record", async () => {
  const { node, send, reply } = requestsOfMeter();
  node.answer = () => ({ status: "OK" });
  assert.deepEqual(await reply(send("stop", "")), { status: "OK" });
});

Deno.test("a refusal is answered at once, with the sentence of the node", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  const error = "Cannot stop tx-9: no transaction of evse-1 has this id";
  node.answer = () => ({ status: "UNEXPECTED_ERROR", code: "UNKNOWN_TRANSACTION", error });
  assert.deepEqual(await reply(send("stop", "tx-9")), { status: "UNEXPECTED_ERROR", error });
  node.answer = () => ({ status: "NOT_SUPPORTED", code: "NOT_SUPPORTED", error: "evse-1 has no transactions" });
  assert.deepEqual(await reply(send("start", startPayload("tx-1"))), {
    status: "NOT_SUPPORTED",
    error: "evse-1 has no transactions",
  });
  assert.ok(time.mono() < 1000);
});

Deno.test("a stop is attempted again while the node is restarted, and joins the first one", async () => {
  const { node, send, reply } = requestsOfMeter();
  node.answer = ({ atMs }) =>
    atMs < 4000 ? "silence" : atMs < 9000 ? "nobody" : { status: "OK", signed_meter_value: record };
  assert.deepEqual(await reply(send("stop", "tx-1")), { status: "OK", signed_meter_value: record });
  assert.deepEqual([...new Set(node.requests.map(({ body }) => body.transaction_id))], ["tx-1"]);
});

Deno.test("35 s after its receipt a stop is answered with an error, and a repeated stop gets the record", async () => {
  const { node, send, reply, time, sent } = requestsOfMeter();
  node.answer = ({ atMs }) => atMs < 60_000 ? "nobody" : { status: "OK", signed_meter_value: record };
  const first = send("stop", "tx-1");
  await time.advance(34_999);
  assert.deepEqual(sent.messages, []);
  await time.advance(1);
  const { status, error = "" } = await reply(first);
  assert.equal(status, "UNEXPECTED_ERROR");
  assert.match(
    error,
    /^Cannot stop transaction tx-1 on evse-1 within 35 s: Cannot stop .* no node serves this subject/,
  );
  assert.match(error, /The record will follow: a repeated stop gets it, and it is published$/);
  const requests = node.requests.length;
  await time.advance(20_000);
  assert.ok(node.requests.length > requests, "the stop continues");
  const second = send("stop", { transaction_id: "tx-1" });
  assert.deepEqual(await reply(second), { status: "OK", signed_meter_value: record });
  assert.deepEqual(sent.on(first).length, 1, "the first request has one reply");
  const after = node.requests.length;
  await time.advance(60_000);
  assert.equal(node.requests.length, after, "nothing is attempted after the success");
});

Deno.test("a start is not attempted after its error, because nobody would want its transaction", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = () => "nobody";
  const { status, error = "" } = await reply(send("start", startPayload("tx-1")));
  assert.equal(status, "UNEXPECTED_ERROR");
  assert.match(error, /within 35 s: .*If it has begun nevertheless, it is stopped, and its record is published$/);
  const requests = node.requests.length;
  await time.advance(300_000);
  assert.equal(node.requests.length, requests);
  assert.ok(node.requests.every(({ atMs }) => atMs < 35_000));
  for (const { headers } of node.requests) assert.match(headers, /Wattseal-Timeout-Ms: 4000\r\n/);
});

Deno.test("a stop with an empty id is not repeated once the node may have it", async () => {
  const { node, send, reply, time } = requestsOfMeter();
  node.answer = ({ atMs }) => atMs < 2000 ? "nobody" : "silence";
  const { error = "" } = await reply(send("stop", ""));
  assert.match(error, /^Cannot stop the open transaction on evse-1 within 35 s: .*The record will follow/);
  await time.advance(300_000);
  assert.equal(node.requests.filter(({ atMs }) => atMs >= 2000).length, 1);
});

Deno.test("repeated stops of one transaction share their attempts, and each gets its reply", async () => {
  const { node, send, reply } = requestsOfMeter();
  const answer = Promise.withResolvers<object>();
  node.answer = () => answer.promise;
  const ends = [send("stop", "tx-1"), send("stop", { transaction_id: "tx-1" })];
  answer.resolve({ status: "OK", signed_meter_value: record });
  for (const end of ends) assert.deepEqual(await reply(end), { status: "OK", signed_meter_value: record });
  assert.equal(node.requests.length, 1);
});

Deno.test("when the process is stopped, each request that waits gets a reply", async () => {
  const { node, send, reply, closing, requests } = requestsOfMeter();
  node.answer = () => "nobody";
  const ends = [send("start", startPayload("tx-1")), send("stop", "tx-1"), send("stop", "")];
  closing.abort();
  await requests.answered();
  for (const end of ends) {
    const { status, error } = await reply(end);
    assert.equal(status, "UNEXPECTED_ERROR");
    assert.match(error ?? "", /wattseal everest is being stopped; repeat it later$/);
  }
});

Deno.test("more requests than EVerest can send are refused at once", async () => {
  const { send, reply, time, node } = requestsOfMeter();
  for (let count = 0; count < 32; count++) send("start", startPayload(`tx-${count}`));
  const { error } = await reply(send("stop", "tx-0"));
  assert.match(error ?? "", /^Cannot stop transaction tx-0: 32 requests wait for this meter; repeat it later$/);
  assert.ok(time.mono() < 1000);
  assert.ok(!node.requests.some(({ what }) => what === "transaction.stop"));
});

Deno.test("no more than 32 stops are repeated at the same time", async () => {
  const { send, reply, time, node } = requestsOfMeter();
  node.answer = () => "nobody";
  for (let count = 0; count < 32; count++) send("stop", `tx-${count}`);
  await time.advance(36_000);
  const refused = /^Cannot (start|stop) transaction tx-\d+ on evse-1: 32 stops have not succeeded yet; check that/;
  assert.match((await reply(send("stop", "tx-32"))).error ?? "", refused);
  assert.match((await reply(send("start", startPayload("tx-33")))).error ?? "", refused);
  const repeated = send("stop", "tx-0");
  node.answer = () => ({ status: "OK", signed_meter_value: record });
  assert.deepEqual(await reply(repeated), { status: "OK", signed_meter_value: record });
  await time.advance(10_000);
  const ids = new Set(node.requests.map(({ body }) => body.transaction_id));
  assert.deepEqual([ids.size, ids.has("tx-32"), ids.has("tx-33")], [32, false, false]);
  assert.deepEqual(await reply(send("stop", "tx-32")), { status: "OK", signed_meter_value: record });
});

Deno.test("a message that is no request is refused with a sentence, if it names a topic for the reply", async () => {
  const { node, requests, sent, send, reply } = requestsOfMeter();
  for (const text of ["", "tx-1", "[]", "{", "null", '{"headers":{"replyTo":7},"payload":"a"}', '{"headers":{}}']) {
    requests.stop(bytes(text));
    requests.start(bytes(text));
  }
  assert.deepEqual(sent.messages, []);
  const stop = await reply(send("stop", { id: "tx-1" }));
  assert.match(
    stop.error ?? "",
    /^Cannot stop a transaction: the payload of the request is not the id of a transaction/,
  );
  const start = await reply(send("start", { ...startPayload("tx-1"), transaction_id: "" }));
  assert.match(
    start.error ?? "",
    /^Cannot start a transaction: the payload .* not an object with evse_id and transaction_id/,
  );
  assert.deepEqual(node.requests, []);
});

Deno.test("a request without a topic for its reply is carried out", async () => {
  const { node, requests, sent, time } = requestsOfMeter();
  node.answer = () => ({ status: "OK" });
  requests.stop(bytes('{"payload":"tx-1"}'));
  requests.stop(bytes('{"headers":{"replyTo":"a/#"},"payload":"tx-2"}'));
  await time.run(requests.answered());
  assert.deepEqual(node.requests.map(({ body }) => body.transaction_id), ["tx-1", "tx-2"]);
  assert.deepEqual(sent.messages, []);
});

Deno.test("a reply goes to the topic with the prefix, which EVerest leaves out of its name", async () => {
  const { node, sent, requests, send, reply } = requestsOfMeter("station/");
  node.answer = () => ({ status: "OK" });
  await reply(send("stop", "tx-1"));
  const whole = `station/${base}/m2e/reply/whole`;
  requests.stop(bytes(JSON.stringify({ headers: { replyTo: whole }, payload: "tx-2" })));
  await reply("reply/whole");
  assert.deepEqual(sent.messages.map(({ topic }) => topic), [`station/${base}/m2e/reply/1`, whole]);
});
