import assert from "node:assert/strict";
import { connect, headers, type Msg, type NatsConnection } from "nats";
import { systemTime } from "../../src/base/time.ts";
import { RecordStream } from "../../src/web/record_stream.ts";
import { startNatsServer } from "../support/nats_server.ts";

interface Site extends AsyncDisposable {
  readonly nats: NatsConnection;
  publish(count: number, bytes?: number): Promise<void>;
  /** The numbers of all messages. @param nats connection of the reader */
  numbers(nats: NatsConnection): Promise<number[]>;
}

async function openSite(): Promise<Site> {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startNatsServer());
  const nats = await connect({ servers: server.address });
  parts.defer(() => nats.close());
  await (await nats.jetstreamManager()).streams.add({ name: "WATTSEAL_OCMF", subjects: ["wattseal.*.*.ocmf"] });
  const owned = parts.move();
  return {
    nats,
    publish: async (count, bytes = 1) => {
      const data = new Uint8Array(bytes);
      for (let left = count; left > 0; left--) await nats.jetstream().publish("wattseal.a.b.ocmf", data);
    },
    numbers: async (connection) => {
      const stream = new RecordStream({ nats: connection, prefix: "wattseal", domain: undefined, time: systemTime });
      const pieces = await Array.fromAsync(stream.backwards({ filter: "wattseal.*.*.ocmf" }));
      return pieces.flatMap(({ messages }) => messages.map(({ seq }) => seq));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A connection on which pulls end with a status in place of their last message. @param times how many pulls */
function broken(nats: NatsConnection, code: number, description: string, times: number): NatsConnection {
  let left = times;
  const requestMany: NatsConnection["requestMany"] = async (...request) => {
    const answers = await Array.fromAsync(await nats.requestMany(...request));
    const last = left-- > 0 ? answers.pop() : undefined;
    if (last !== undefined) {
      const status: Msg = Object.create(last, { headers: { value: headers(code, description) } });
      answers.push(status);
    }
    return ReadableStream.from(answers).values();
  };
  return new Proxy(nats, {
    get: (target, key) => {
      if (key === "requestMany") return requestMany;
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

Deno.test("a message that the server leaves out once is read again", async () => {
  await using site = await openSite();
  await site.publish(3);
  assert.deepEqual(await site.numbers(broken(site.nats, 404, "No Messages", 1)), [3, 2, 1]);
});

Deno.test("a search in which messages are missing fails", async () => {
  await using site = await openSite();
  await site.publish(3);
  await assert.rejects(site.numbers(broken(site.nats, 408, "Request Timeout", 2)), /sent 2 of 3 messages/);
});

Deno.test("a search that the server ends for another reason than its bytes fails with the reason", async () => {
  await using site = await openSite();
  await site.publish(1);
  await assert.rejects(site.numbers(broken(site.nats, 409, "Leadership Change", 1)), /409 Leadership Change/);
});

Deno.test("very long messages are read in smaller pieces", async () => {
  await using site = await openSite();
  await site.publish(20, 900_000);
  assert.deepEqual(await site.numbers(site.nats), Array.from({ length: 20 }, (_, index) => 20 - index));
});
