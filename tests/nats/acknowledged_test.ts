import assert from "node:assert/strict";
import { NatsError } from "nats";
import { ForeignAcknowledgement, publishAcknowledged } from "../../src/nats/acknowledged.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { newClient } from "./setup.ts";

const expected = { stream: "KEPT", domain: "edge" };
const message = { subject: "kept.1", payload: "x", messageId: "id-1", expected, timeoutMs: 30_000 };

Deno.test("publishAcknowledged counts only the acknowledgement of the expected stream and domain", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
  await using server = await startNatsServer({
    jetstream: false,
    config: `jetstream { store_dir: ${JSON.stringify(folder)}, domain: edge }`,
  });
  await using client = await newClient(server.address);
  await using other = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "KEPT", subjects: ["kept.*"], max_msg_size: 1000 });

  await t.step("it returns the acknowledgement, with the duplicate flag", async () => {
    const first = await publishAcknowledged(client, message);
    assert.deepEqual(first, { stream: "KEPT", domain: "edge", seq: 1, duplicate: false });
    assert.equal((await publishAcknowledged(client, message)).duplicate, true);
  });

  await t.step("a program that answers before the stream changes nothing", async () => {
    let answered = 0;
    const early = other.subscribe("kept.*", {
      callback: (_error, { reply }) => {
        if (reply === undefined) return;
        answered++;
        for (const text of ["", "no JSON", '{"stream":"X","seq":1}', '{"stream":"KEPT","seq":1,"domain":"hub"}']) {
          other.publish(reply, text);
        }
      },
    });
    await other.flush();
    const ack = await publishAcknowledged(client, { ...message, messageId: "id-2" });
    assert.deepEqual([ack.stream, ack.domain], ["KEPT", "edge"]);
    await other.flush();
    assert.equal(answered, 1);
    early.unsubscribe();
    await other.flush();
  });

  await t.step("only other answers are an error that names both programs", async () => {
    const elsewhere = { ...message, subject: "elsewhere" };
    const program = other.subscribe("elsewhere", {
      callback: (_error, answer) => answer.respond('{"stream":"KEPT","domain":"hub","seq":7}'),
    });
    await other.flush();
    await assert.rejects(publishAcknowledged(client, elsewhere), (error) => {
      assert.ok(error instanceof ForeignAcknowledgement);
      assert.deepEqual(error.answered, { stream: "KEPT", domain: "hub" });
      assert.match(
        error.message,
        /stream KEPT of domain edge must acknowledge the message, but .*KEPT of domain hub answered/,
      );
      return true;
    });
    // Without an expected domain, the name of the stream is enough
    const ack = await publishAcknowledged(client, { ...elsewhere, expected: { stream: "KEPT", domain: undefined } });
    assert.equal(ack.seq, 7);
    program.unsubscribe();
    await other.flush();
  });

  await t.step("the acknowledgement of another stream that has the subject counts as foreign", async () => {
    const wrong = publishAcknowledged(client, { ...message, expected: { stream: "OTHER", domain: "edge" } });
    await assert.rejects(
      wrong,
      (error) => error instanceof ForeignAcknowledgement && /stream KEPT/.test(error.message),
    );
  });

  await t.step("a stream with another name that uses this one as its source gets the messages", async () => {
    await manager.streams.add({ name: "HUB", sources: [{ name: "KEPT" }] });
    const { state: { messages } } = await manager.streams.info("KEPT");
    const untilMs = performance.now() + 30_000;
    const sourced = async () => (await manager.streams.info("HUB")).state.messages;
    while (await sourced() < messages && performance.now() < untilMs) await client.flush();
    assert.equal(await sourced(), messages);
  });

  await t.step("a refusal of the stream includes its error code", async () => {
    const long = publishAcknowledged(client, { ...message, messageId: "id-3", payload: "x".repeat(2000) });
    await assert.rejects(long, (error) => error instanceof NatsError && error.api_error?.err_code === 10054);
  });

  await t.step("a subject without a stream is an immediate error", async () => {
    await assert.rejects(publishAcknowledged(client, { ...message, subject: "nobody" }), { code: "503" });
  });
  await Deno.remove(folder, { recursive: true });
});
