import assert from "node:assert/strict";
import { NatsError } from "nats";
import { type ClientConnection, type ClientMessage, TimedOutError, WattsealClient } from "../../src/client/mod.ts";

const record: ClientMessage = {
  subject: "wattseal.a.b.ocmf",
  reply: "$JS.ACK.WATTSEAL_OCMF.billing.1.7.7.1700000000000000000.0",
  data: new TextEncoder().encode('{"ocmf":"OCMF|1"}'),
  headers: { code: 0, description: "", get: () => "BY1.aa" },
};

/** A connection that is lost after the first record: requests time out, and each attempt to reconnect fails. */
class LostConnection implements ClientConnection {
  readonly #failedReconnects: number;
  requests = 0;
  flushes = 0;

  constructor(failedReconnects: number) {
    this.#failedReconnects = failedReconnects;
  }

  request(): Promise<ClientMessage> {
    const isConnected = this.flushes > this.#failedReconnects || this.requests++ === 0;
    return isConnected ? Promise.resolve(record) : Promise.reject(new NatsError("TIMEOUT", "TIMEOUT"));
  }

  flush(): Promise<void> {
    this.flushes++;
    return this.flushes > this.#failedReconnects ? Promise.resolve() : Promise.reject(new NatsError("DISCONNECT", "x"));
  }

  publish(): void {}

  subscribe(): never {
    throw new Error("not used");
  }

  async *status(): AsyncGenerator<never> {}

  isClosed(): boolean {
    return false;
  }
}

const time = { sleep: () => Promise.resolve() };

Deno.test("records continue after an outage of any length", async () => {
  const connection = new LostConnection(1_000);
  const records = new WattsealClient(connection, { time }).records();
  assert.equal((await records.next()).value?.id, "BY1.aa");
  assert.equal((await records.next()).value?.id, "BY1.aa");
  assert.equal(connection.flushes, 1_001);
});

Deno.test("records end with an error if a connected server never answers", async () => {
  const connection = new LostConnection(0);
  connection.flush = () => Promise.resolve();
  const records = new WattsealClient(connection, { time }).records();
  await records.next();
  await assert.rejects(records.next(), TimedOutError);
  assert.ok(connection.requests > 5);
});
