import assert from "node:assert/strict";
import { startRequest, textOf, until, World } from "./world.ts";
import type { ScriptedSteps } from "./scripted_steps.ts";

/** Keeps a meter busy like a long request, until the returned function is called. */
function occupy(steps: ScriptedSteps): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  void steps.exclusive(() => promise);
  return resolve;
}

const stopRequest = (transactionId: string) => ({ transaction_id: transactionId });

Deno.test("MeterTransactions accepts 16 waiting requests of a kind and refuses the next one at once", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  const release = occupy(steps);
  const starts = Array.from({ length: 16 }, (_, place) => transactions.start(startRequest(`tx-${place}`)));
  const stops = Array.from({ length: 16 }, (_, place) => transactions.stop(stopRequest(`none-${place}`)));
  const outcomes = Promise.allSettled([...starts, ...stops]);
  await assert.rejects(transactions.start(startRequest("tx-16")), {
    code: "BUSY",
    message: /16 requests are already waiting/,
  });
  await assert.rejects(transactions.stop(stopRequest("none-16")), { code: "BUSY" });
  release();
  const statuses = (await outcomes).map(({ status }) => status);
  assert.deepEqual(statuses, [...Array(16).fill("fulfilled"), ...Array(16).fill("rejected")]);
  assert.equal(journal.transaction("evse-1", "tx-16"), undefined);
  await assert.rejects(transactions.start(startRequest("tx-0")), { code: "TRANSACTION_FINISHED" });
});

Deno.test("MeterTransactions refuses a request that waited too long, and does not carry it out later", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  const release = occupy(steps);
  const untilMs = world.time.mono() + 1000;
  const requests = [
    transactions.start(startRequest("tx-1"), untilMs),
    transactions.stop(stopRequest("tx-2"), untilMs),
    transactions.acknowledge({ sub_type: "MeterExchanged" }, untilMs),
  ];
  for (const request of requests) {
    await assert.rejects(request, { code: "TIMEOUT", message: /waited for other requests; nothing was done/ });
  }
  release();
  await transactions.start(startRequest("tx-3"));
  assert.deepEqual(journal.transactions({ limit: 10 }).map(({ transactionId }) => transactionId), ["tx-3"]);
});

Deno.test("MeterTransactions.stop of the open transaction is written to the journal on arrival, with any number of waiting requests", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const release = occupy(steps);
  const others = Promise.allSettled(
    Array.from(
      { length: 17 },
      (_, place) => [transactions.stop(stopRequest(`${place}`)), transactions.start(startRequest(`${place}`))],
    )
      .flat(),
  );
  const untilMs = world.time.mono() + 1000;
  await assert.rejects(transactions.stop(stopRequest("tx-1"), untilMs), {
    code: "TIMEOUT",
    message: /stop of transaction tx-1 on meter evse-1 is carried out/,
  });
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "stopping");
  const repeats = [transactions.stop(stopRequest("tx-1")), transactions.stop(stopRequest("tx-1"))];
  const endsBefore = steps.calls.length;
  release();
  const [answer, repeated] = await Promise.all(repeats);
  assert.equal(answer?.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
  assert.deepEqual(repeated, answer);
  assert.deepEqual(steps.calls.slice(endsBefore, endsBefore + 3), ["requireSameMeter", "end", "readOcmfState"]);
  await others;
  assert.deepEqual(journal.records()[0]?.reason, "stopped");
});

Deno.test("MeterTransactions.stop is carried out even if no caller waits for it", async () => {
  for (const id of ["tx-1", ""]) {
    await using world = new World();
    const { transactions, steps, journal } = world.boot();
    await transactions.start(startRequest("tx-1"));
    const release = occupy(steps);
    await assert.rejects(transactions.stop(stopRequest(id), world.time.mono() + 1), { code: "TIMEOUT" });
    release();
    await until(() => world.meter.erased.length === 1);
    assert.deepEqual(journal.records().map(({ reason }) => reason), [id === "" ? "cancelled" : "stopped"]);
  }
});

Deno.test("MeterTransactions.stop with an empty id joins a waiting one, unless a start came between them", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const release = occupy(steps);
  const stops = [transactions.stop(stopRequest("")), transactions.stop(stopRequest(""))];
  const start = transactions.start(startRequest("tx-2"));
  stops.push(transactions.stop(stopRequest("")), transactions.stop(stopRequest("")));
  release();
  assert.equal((await start).status, "OK");
  const ended = (await Promise.all(stops)).map(({ transaction_id: id }) => id);
  assert.deepEqual(ended, ["tx-1", "tx-1", "tx-2", "tx-2"]);
  assert.equal(steps.calls.filter((call) => call === "end").length, 2);
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [
    ["tx-1", "cancelled"],
    ["tx-2", "cancelled"],
  ]);
});

Deno.test("MeterTransactions.stop with an empty id is written to the journal also for a transaction that began after the joined stop", async () => {
  await using world = new World();
  const stops: Promise<unknown>[] = [];
  const { transactions, journal } = world.boot({
    failpoint: async (name) => {
      if (name === "start.before_intent") stops.push(transactions.stop(stopRequest("")));
      if (name !== "start.after_start_value") return;
      stops.push(transactions.stop(stopRequest("")));
      await until(() => journal.transaction("evse-1", "tx-1")?.state === "stopping");
    },
  });
  await transactions.start(startRequest("tx-1"));
  await Promise.all(stops);
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["cancelled"]);
});

Deno.test("MeterTransactions.stop returns one record to 1000 callers and refuses the next one", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const release = occupy(steps);
  const stops = Array.from({ length: 1000 }, () => transactions.stop(stopRequest("tx-1")));
  await assert.rejects(transactions.stop(stopRequest("tx-1")), { code: "BUSY", message: /tx-1 .* is carried out/ });
  release();
  const answers = new Set((await Promise.all(stops)).map((answer) => JSON.stringify(answer)));
  assert.equal(answers.size, 1);
});

Deno.test("MeterTransactions.stop that arrives during the start of its transaction ends it right after the start", async () => {
  await using world = new World();
  let stop: Promise<unknown> | undefined;
  const { transactions, journal } = world.boot({
    failpoint: async (name) => {
      if (name !== "start.before_begin") return;
      stop = transactions.stop(stopRequest("tx-1"));
      await until(() => journal.transaction("evse-1", "tx-1")?.state === "stopping");
    },
  });
  assert.equal((await transactions.start(startRequest("tx-1"))).status, "OK");
  const startedAtMs = world.time.mono();
  await stop;
  assert.ok(world.time.mono() - startedAtMs < 1000, "the end waited as if it were a repeated one");
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["stopped"]);
});

Deno.test("MeterTransactions.stop that arrives while a start fails finds no transaction", async () => {
  await using world = new World();
  let stop: Promise<unknown> | undefined;
  const { transactions, steps, journal, errors } = world.boot({
    failpoint: async (name) => {
      if (name !== "start.before_begin") return;
      stop = assert.rejects(transactions.stop(stopRequest("tx-1")), { code: "UNKNOWN_TRANSACTION" });
      await until(() => journal.transaction("evse-1", "tx-1")?.state === "stopping");
    },
  });
  steps.mishapAt = (_, step) => step === "begin" ? "refused" : undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_REFUSED" });
  await stop;
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "idle");
  assert.deepEqual(errors, []);
});

Deno.test("MeterTransactions.start after a stop of the same transaction begins nothing", async () => {
  await using world = new World();
  const first = world.boot();
  first.steps.mishapAt = (_, step) => step === "begin" ? "dead_after" : undefined;
  void first.transactions.start(startRequest("tx-1"));
  await first.steps.died;
  const { transactions, steps, journal } = world.boot();
  const look = steps.readOcmfState.bind(steps);
  let stop: ReturnType<typeof transactions.stop> | undefined;
  steps.readOcmfState = async () => {
    if (stop === undefined) {
      stop = transactions.stop(stopRequest("tx-1"));
      await until(() => journal.transaction("evse-1", "tx-1")?.state === "stopping");
    }
    return await look();
  };
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TRANSACTION_FINISHED" });
  assert.equal((await stop)?.status, "OK");
  assert.equal(steps.calls.includes("begin"), false);
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["stopped"]);
});

Deno.test("MeterTransactions.stop reads the meter for unknown ids only once for each connection of its line", async () => {
  await using world = new World();
  world.meter.tariffText = "0.20 EUR<=>tx-9";
  world.meter.begin();
  const { transactions, steps } = world.boot();
  const unknown = async (id: string) => {
    await assert.rejects(transactions.stop(stopRequest(id)), { code: "UNKNOWN_TRANSACTION" });
    return steps.calls.length;
  };
  const asked = await unknown("tx-1");
  assert.ok(asked > 0);
  assert.equal(await unknown("tx-2"), asked);
  steps.connection++;
  const askedAgain = await unknown("tx-2");
  assert.ok(askedAgain > asked);
  assert.equal(await unknown("tx-3"), askedAgain);
  assert.equal((await transactions.stop(stopRequest("tx-9"))).status, "OK");
});

Deno.test("MeterTransactions.close refuses waiting requests at once, and the next process carries out a stop", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const release = occupy(steps);
  const waiting = [
    assert.rejects(transactions.start(startRequest("tx-2")), {
      code: "METER_OFFLINE",
      message: /the service is ending$/,
    }),
    assert.rejects(transactions.stop(stopRequest("tx-1")), {
      code: "METER_OFFLINE",
      message: /stopped when the service runs/,
    }),
  ];
  const closed = transactions.close();
  await Promise.all(waiting);
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "stopping");
  release();
  await closed;
  const next = world.boot();
  await next.transactions.recover();
  assert.deepEqual(next.journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [
    ["tx-1", "stopped"],
  ]);
});
