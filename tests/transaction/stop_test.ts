import assert from "node:assert/strict";
import { startRequest, textOf, until, World } from "./world.ts";

Deno.test("MeterTransactions.stop returns the record exactly as it was read from the meter", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  const { signed_meter_value: startValue } = await transactions.start(startRequest("tx-1"));
  const { ocpp: _, session, ...answer } = await transactions.stop({ transaction_id: "tx-1" });
  const billing = steps.identity?.billing;
  assert.equal(session?.transaction_id, "tx-1");
  assert.deepEqual(answer, {
    status: "OK",
    start_signed_meter_value: startValue,
    signed_meter_value: {
      signed_meter_data: textOf(world.meter.made[0]),
      signing_method: "",
      encoding_method: "OCMF",
      public_key: billing?.able ? billing.publicKeyPoint : "",
    },
  });
  assert.deepEqual(steps.calls.slice(8), [
    "requireSameMeter",
    "end",
    "readOcmfState",
    "readOcmfFile",
    "confirmOcmfFile",
  ]);
  assert.deepEqual(journal.changes(1).map(({ state }) => state), ["starting", "running", "stopping", "finished"]);
  assert.equal(steps.monitored, false);
  assert.equal(steps.clockSettled, 1);
});

Deno.test("MeterTransactions.stop repeats its answer without the meter, across restarts", async () => {
  await using world = new World();
  const first = world.boot();
  await first.transactions.start(startRequest("tx-1"));
  const answer = await first.transactions.stop({ transaction_id: "tx-1" });
  const { transactions, steps } = world.boot();
  steps.state = "offline";
  steps.identity = undefined;
  assert.deepEqual(await transactions.stop({ transaction_id: "tx-1" }), answer);
  assert.deepEqual(steps.calls, []);
});

Deno.test("MeterTransactions.stop twice at the same moment returns one record to both callers", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const [one, other] = await Promise.all([
    transactions.stop({ transaction_id: "tx-1" }),
    transactions.stop({ transaction_id: "tx-1" }),
  ]);
  assert.deepEqual(one, other);
  assert.equal(steps.calls.filter((call) => call === "end").length, 1);
});

Deno.test("MeterTransactions.stop of an unknown id only reads", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const calls = steps.calls.length;
  await assert.rejects(transactions.stop({ transaction_id: "tx-2" }), { code: "UNKNOWN_TRANSACTION" });
  assert.deepEqual(steps.calls.slice(calls), ["readOcmfState", "readTariffText"]);
  assert.equal(world.meter.state, "RUNNING");
  await assert.rejects(transactions.stop({}), { code: "INVALID_REQUEST" });
  await assert.rejects(transactions.stop({ transaction_id: null }), { code: "INVALID_REQUEST" });
  await assert.rejects(transactions.stop("tx-1"), { code: "INVALID_REQUEST" });
});

Deno.test("MeterTransactions does not report an unknown id if a damaged journal may hide it", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  await transactions.stop({ transaction_id: "tx-1" });
  // Like a reader with a damaged index: the row exists but is not found
  world.sabotage("UPDATE transactions SET transaction_id = 'hidden'");
  Object.defineProperty(journal, "damage", { value: "database disk image is malformed" });
  const hidden = {
    code: "JOURNAL_FAILED",
    message: /^Cannot find transaction tx-1 of meter .* the journal is damaged; restart/,
  };
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), hidden);
  assert.throws(() => transactions.status({ transaction_id: "tx-1" }), hidden);
});

Deno.test("MeterTransactions.stop reports that no record is ready, and the record is fetched later", async () => {
  await using world = new World();
  world.meter.closingChecks = 80;
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const begunAtMs = world.time.mono();
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "OCMF_NOT_READY" });
  assert.equal(world.time.mono() - begunAtMs, 5000);
  assert.equal(transactions.status({}).transaction?.state, "stopping");
  await until(() => journal.records().length > 0);
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "tx-1",
    "stopped",
  ]]);
  assert.equal(steps.monitored, false);
});

Deno.test("MeterTransactions.stop again while the meter is still closing waits for the record", async () => {
  await using world = new World();
  world.meter.closingChecks = 80;
  const { transactions } = world.boot();
  await transactions.start(startRequest("tx-1"));
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "OCMF_NOT_READY" });
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.equal(world.meter.made.length, 1);
});

Deno.test("MeterTransactions.stop accepts the refusal of a repeated end", async () => {
  await using world = new World();
  world.meter.closingChecks = 15;
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.mishapAt = (_, step) => step === "end" ? "lost" : undefined;
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.equal(steps.calls.filter((call) => call === "end").length, 2);
});

Deno.test("MeterTransactions.stop reports a refused end, and the transaction is ended when the meter accepts it", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.mishapAt = (_, step) => step === "end" ? "refused" : undefined;
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "METER_REFUSED" });
  assert.equal(world.meter.state, "RUNNING");
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TRANSACTION_FINISHED" });
  steps.mishapAt = () => undefined;
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["stopped"]);
});

Deno.test("MeterTransactions.stop repeats an end after a second if the meter has not received it", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const begunAtMs = world.time.mono();
  steps.mishapAt = (_, step) =>
    step === "end" && steps.calls.filter((call) => call === "end").length === 1 ? "unheard" : undefined;
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.equal(world.time.mono() - begunAtMs, 1000);
});

Deno.test("MeterTransactions.stop keeps the file on the meter while the journal cannot be written", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.sabotage("CREATE TRIGGER full BEFORE INSERT ON records BEGIN SELECT RAISE(FAIL, 'disk full'); END");
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "JOURNAL_FAILED" });
  assert.equal(world.meter.state, "READY");
  assert.deepEqual(steps.faults.active.map(({ subType }) => subType), ["JournalFailed"]);
  world.sabotage("DROP TRIGGER full");
  await transactions.recover();
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["stopped"]);
  assert.equal(world.meter.state, "NOT_READY");
  assert.deepEqual(steps.faults.active, []);
  const answer = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
});

Deno.test("MeterTransactions.stop repeats a confirmation that the meter has not received", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.mishapAt = (_, step) =>
    step === "confirmOcmfFile" && steps.calls.filter((call) => call === "confirmOcmfFile").length === 1
      ? "unheard"
      : undefined;
  await transactions.stop({ transaction_id: "tx-1" });
  assert.deepEqual(steps.calls.slice(-4), [
    "confirmOcmfFile",
    "readOcmfState",
    "requireSameMeter",
    "confirmOcmfFile",
  ]);
  assert.equal(world.meter.state, "NOT_READY");
});

Deno.test("MeterTransactions.stop succeeds if the confirmation fails, and repeats it later", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  steps.mishapAt = (_, step) => step === "confirmOcmfFile" ? "unheard" : undefined;
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.equal(world.meter.state, "READY");
  steps.mishapAt = () => undefined;
  await until(() => world.meter.state === "NOT_READY");
  assert.equal(journal.records().length, 1);
});

Deno.test("MeterTransactions.stop of a transaction that the meter has closed fetches its record", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.close("P");
  const answer = await transactions.stop({ transaction_id: "tx-1" });
  assert.equal(answer.signed_meter_value?.signed_meter_data, textOf(world.meter.made[0]));
  assert.deepEqual(journal.records().map(({ reason }) => reason), ["power_loss"]);
  assert.match(
    answer.warnings?.join() ?? "",
    /^The meter closed the session after a power loss at 20.* \(TX P\); no record contains/,
  );
  assert.deepEqual(await transactions.stop({ transaction_id: "tx-1" }), answer, "a repeated stop tells the same");
});

Deno.test("MeterTransactions.stop ends a transaction that only the meter knows", async () => {
  await using world = new World();
  world.meter.tariffText = "0.20 EUR<=>tx-9";
  world.meter.begin();
  const { transactions } = world.boot();
  assert.equal((await transactions.stop({ transaction_id: "tx-9" })).status, "OK");
});

Deno.test("MeterTransactions.stop with an empty id ends the open transaction and keeps its record", async () => {
  await using world = new World();
  world.meter.tariffText = "nobody's";
  world.meter.begin();
  const { transactions, steps, journal } = world.boot();
  const { transaction_id: id, signed_meter_value: value } = await transactions.stop({ transaction_id: "" });
  assert.deepEqual([id, value?.signed_meter_data], [undefined, textOf(world.meter.made[0])]);
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    undefined,
    "cancelled",
  ]]);
  assert.deepEqual(await transactions.stop({ transaction_id: "" }), { status: "OK" });
  await transactions.start(startRequest("tx-1"));
  assert.equal((await transactions.stop({ transaction_id: "" })).transaction_id, "tx-1");
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [
    [undefined, "cancelled"],
    ["tx-1", "cancelled"],
  ]);
  steps.state = "offline";
  await assert.rejects(transactions.stop({ transaction_id: "" }), { code: "METER_OFFLINE" });
});

Deno.test("MeterTransactions.stop with an empty id answers with the id and the record of the open transaction", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const { transaction_id: id, signed_meter_value: value } = await transactions.stop({ transaction_id: "" });
  assert.deepEqual([id, value?.signed_meter_data], ["tx-1", textOf(world.meter.made[0])]);
  assert.deepEqual(await transactions.stop({ transaction_id: "" }), { status: "OK" });
});

Deno.test("MeterTransactions.status lists the ids that begin with a text, and never uses it as an id", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  for (const id of ["tx-1", "tx-12", "ty-1"]) await transactions.start(startRequest(id));
  const idsWith = (prefix: unknown) => transactions.status({ transaction_id_prefix: prefix }).transaction_ids;
  assert.deepEqual(idsWith("tx-1"), ["tx-1", "tx-12"]);
  assert.deepEqual(idsWith("%"), []);
  assert.equal(idsWith(null), undefined);
  assert.throws(() => idsWith(""), { code: "INVALID_REQUEST" });
  await assert.rejects(transactions.stop({ transaction_id: "ty" }), { code: "UNKNOWN_TRANSACTION" });
});
