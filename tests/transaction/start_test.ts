import assert from "node:assert/strict";
import { identityOf } from "./scripted_steps.ts";
import { startRequest, until, World } from "./world.ts";

Deno.test("MeterTransactions.start writes the fields, begins, and answers after RUNNING was read back", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  assert.deepEqual(await transactions.start(startRequest("tx-1")), {
    status: "OK",
    transaction_id: "tx-1",
    signed_meter_value: {
      signed_meter_data: `{"signedData":"${"AB".repeat(122)}","signature":"${"CD".repeat(64)}"}`,
      signing_method: "ECDSA-brainpoolP256r1-SHA256",
      encoding_method: "plain",
      public_key: steps.identity?.billing.able ? steps.identity.billing.publicKeyPoint : "",
      timestamp: "2026-01-31T08:00:01.000Z",
    },
  });
  assert.deepEqual(steps.calls, [
    "readOcmfState",
    "requireSameMeter",
    "writeTransaction",
    "requireSameMeter",
    "begin",
    "readOcmfState",
    "readTariffText",
    "readSignedValue",
  ]);
  assert.deepEqual(world.meter.fields, {
    identificationStatus: 1,
    identificationLevel: 0,
    identificationFlags: [1, 0, 0, 0],
    identificationType: 10,
    identificationData: "1F2D3A4F5506C7",
    chargingPointType: 0,
    chargingPoint: "DE*TST*E1",
    tariffText: "0.30 EUR/kWh<=>tx-1",
    sessionModality: 0,
  });
  assert.deepEqual(journal.changes(1).map(({ state }) => state), ["starting", "running"]);
  assert.equal(steps.monitored, true);
});

Deno.test("MeterTransactions.start sets the clock of the meter when the meter is free and before anything is written", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  await transactions.start(startRequest("tx-1"));
  assert.deepEqual(steps.clockSettledAt, [steps.calls.indexOf("requireSameMeter")]);
  await transactions.start(startRequest("tx-1"));
  assert.equal(steps.clockSettledAt.length, 1);
  await transactions.start(startRequest("tx-2"));
  assert.equal(steps.clockSettledAt[1], steps.calls.lastIndexOf("writeTransaction") - 1);
});

Deno.test("MeterTransactions.start with the id of the running transaction succeeds again and sends nothing", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  const first = await transactions.start(startRequest("tx-1"));
  const calls = steps.calls.length;
  assert.deepEqual(await transactions.start(startRequest("tx-1")), first);
  assert.equal(steps.calls.length, calls);
});

Deno.test("MeterTransactions.start twice at the same moment begins one transaction", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  const answers = await Promise.all([
    transactions.start(startRequest("tx-1")),
    transactions.start(startRequest("tx-1")),
  ]);
  assert.deepEqual(answers.map(({ status }) => status), ["OK", "OK"]);
  assert.equal(steps.calls.filter((call) => call === "begin").length, 1);
});

Deno.test("MeterTransactions.start of two ids at the same moment ends the first and keeps its record", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  await Promise.all([transactions.start(startRequest("tx-1")), transactions.start(startRequest("tx-2"))]);
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "tx-1",
    "superseded",
  ]]);
  assert.deepEqual(transactions.current, { state: "running", transactionId: "tx-2" });
});

Deno.test("MeterTransactions.start fetches and announces a pending record before it begins", async () => {
  await using world = new World();
  world.meter.tariffText = "0.20 EUR<=>old-1";
  world.meter.begin();
  world.meter.close("P");
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  assert.deepEqual(journal.records().map(({ transactionId, reason }) => [transactionId, reason]), [[
    "old-1",
    "power_loss",
  ]]);
  assert.ok(steps.calls.indexOf("confirmOcmfFile") < steps.calls.indexOf("writeTransaction"));
  assert.equal(steps.clockSettled, 1);
  await transactions.close();
  const kinds: string[] = [];
  for await (const event of transactions.events) kinds.push(event.kind === "state" ? event.state : event.kind);
  assert.deepEqual(kinds, ["record", "finished", "starting", "running"]);
});

Deno.test("MeterTransactions.start begins nothing when the pending record cannot be fetched", async () => {
  await using world = new World();
  world.meter.begin();
  world.meter.close("E");
  const { transactions, steps } = world.boot();
  steps.mishapAt = (_, step) => step === "readOcmfFile" ? "unheard" : undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TIMEOUT" });
  assert.equal(steps.calls.includes("writeTransaction"), false);
  assert.equal(world.meter.state, "READY");
  steps.mishapAt = () => undefined;
});

Deno.test("MeterTransactions.start writes nothing if its intent cannot be written to the journal", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  world.sabotage("CREATE TRIGGER full BEFORE INSERT ON transactions BEGIN SELECT RAISE(FAIL, 'disk full'); END");
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "JOURNAL_FAILED" });
  assert.equal(world.meter.fields, undefined);
  assert.equal(world.meter.state, "NOT_READY");
  assert.deepEqual(steps.faults.active.map(({ subType }) => subType), ["JournalFailed"]);
  world.sabotage("DROP TRIGGER full");
  assert.equal((await transactions.start(startRequest("tx-1"))).status, "OK");
  assert.deepEqual(steps.faults.active, []);
});

Deno.test("MeterTransactions.start succeeds without a start value when the signed map cannot be read", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.mishapAt = (_, step) => step === "readSignedValue" ? "refused" : undefined;
  assert.deepEqual(await transactions.start(startRequest("tx-1")), { status: "OK", transaction_id: "tx-1" });
});

Deno.test("MeterTransactions.start sends a second B only if the meter has not received the first", async () => {
  for (const [mishap, begins] of [["unheard", 2], ["lost", 1]] as const) {
    await using world = new World();
    const { transactions, steps } = world.boot();
    steps.mishapAt = (_, step) =>
      step === "begin" && steps.calls.filter((call) => call === "begin").length === 1 ? mishap : undefined;
    assert.equal((await transactions.start(startRequest("tx-1"))).status, "OK");
    assert.equal(steps.calls.filter((call) => call === "begin").length, begins, mishap);
  }
});

Deno.test("MeterTransactions.start reports a refused begin, and the id can be used again", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.mishapAt = (_, step) => step === "begin" ? "refused" : undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_REFUSED" });
  const { transaction } = transactions.status({ transaction_id: "tx-1" });
  assert.equal(transaction?.state, "idle");
  assert.match(transaction?.reason ?? "", /refused the begin command and is NOT_READY/);
  steps.mishapAt = () => undefined;
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), { code: "UNKNOWN_TRANSACTION" });
  assert.equal((await transactions.start(startRequest("tx-1"))).status, "OK");
});

Deno.test("MeterTransactions.start fails with METER_REFUSED when an acknowledged begin never becomes RUNNING", async () => {
  await using world = new World();
  world.meter.begin = () => {};
  const { transactions, steps } = world.boot();
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_REFUSED" });
  assert.equal(steps.calls.filter((call) => call === "begin").length, 1);
});

Deno.test("MeterTransactions.start waits for a slow meter with a single B", async () => {
  for (const mishap of [undefined, "lost"] as const) {
    await using world = new World();
    world.meter.beginningLooks = 6;
    const { transactions, steps } = world.boot();
    steps.mishapAt = (_, step) => step === "begin" ? mishap : undefined;
    assert.equal((await transactions.start(startRequest("tx-1"))).status, "OK");
    assert.equal(steps.calls.filter((call) => call === "begin").length, 1);
    assert.equal(world.time.mono(), 600);
  }
});

Deno.test("MeterTransactions.start with an unknown result is resolved in the background", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.mishapAt = (_, step) =>
    step === "begin" ? "lost" : step === "readOcmfState" && steps.calls.includes("begin") ? "unheard" : undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TIMEOUT" });
  assert.equal(transactions.current.state, "starting");
  steps.mishapAt = () => undefined;
  await until(() => transactions.current.state === "running");
});

Deno.test("MeterTransactions.start of the running transaction succeeds again while the meter is offline, and changes nothing", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  const first = await transactions.start(startRequest("tx-1"));
  steps.state = "offline";
  const calls = steps.calls.length;
  assert.deepEqual(await transactions.start(startRequest("tx-1")), first);
  assert.equal(steps.calls.length, calls);
  await assert.rejects(transactions.start(startRequest("tx-2")), { code: "METER_OFFLINE" });

  // Another process only knows it from the journal
  const again = world.boot();
  again.steps.state = "offline";
  await assert.rejects(again.transactions.start(startRequest("tx-1")), { code: "METER_OFFLINE" });
});

Deno.test("MeterTransactions.start is refused at once if the meter is offline or cannot bill", async () => {
  await using world = new World();
  const { transactions, steps } = world.boot();
  steps.state = "offline";
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_OFFLINE" });
  steps.identity = undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "METER_OFFLINE" });
  steps.identity = { ...identityOf("KX1"), family: "em300", billing: { able: false, reason: "an EM300 has no OCMF" } };
  await assert.rejects(transactions.start(startRequest("tx-1")), {
    code: "NOT_SUPPORTED",
    message: /an EM300 has no OCMF/,
  });
  await assert.rejects(transactions.stop({ transaction_id: "" }), { code: "NOT_SUPPORTED" });
  await assert.rejects(transactions.start({}), { code: "INVALID_REQUEST" });
  assert.deepEqual(steps.calls, []);
});

Deno.test("MeterTransactions.start refuses an ended id even while the meter is offline", async () => {
  await using world = new World();
  const first = world.boot();
  await first.transactions.start(startRequest("tx-1"));
  await first.transactions.stop({ transaction_id: "tx-1" });
  const { transactions, steps } = world.boot();
  steps.state = "offline";
  steps.identity = undefined;
  await assert.rejects(transactions.start(startRequest("tx-1")), { code: "TRANSACTION_FINISHED" });
  assert.deepEqual(steps.calls, []);
});

Deno.test("MeterTransactions.start adopts its transaction if the meter already runs it", async () => {
  await using world = new World();
  world.meter.tariffText = "0.20 EUR<=>tx-1";
  world.meter.begin();
  const { transactions, steps } = world.boot();
  assert.deepEqual(await transactions.start(startRequest("tx-1")), { status: "OK", transaction_id: "tx-1" });
  assert.deepEqual(steps.calls, ["readOcmfState", "readTariffText"]);
});

Deno.test("MeterTransactions warns in each answer to start and stop of cut texts and of a level that makes the record invalid", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  const request = {
    ...startRequest("x".repeat(64)),
    evse_id: "e".repeat(40),
    identification_data: "d".repeat(64),
    tariff_text: "t".repeat(250),
    identification_level: "INVALID",
  };
  const { status, warnings = [] } = await transactions.start(request);
  assert.equal(status, "OK");
  assert.deepEqual(warnings.map((text) => /^\w+ is (cut|INVALID)/.exec(text)?.[0]), [
    "identification_data is cut",
    "evse_id is cut",
    "tariff_text is cut",
    "identification_level is INVALID",
  ]);
  assert.deepEqual((await transactions.start(request)).warnings, warnings);
  const stop = { transaction_id: "x".repeat(64) };
  assert.deepEqual((await transactions.stop(stop)).warnings, warnings);
  assert.deepEqual((await world.boot().transactions.stop(stop)).warnings, warnings);
});

Deno.test("MeterTransactions warns only of levels that make a record invalid", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  for (const level of ["MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"]) {
    const { warnings = [] } = await transactions.start({ ...startRequest(level), identification_level: level });
    assert.deepEqual(warnings.map((text) => text.includes(level)), [true]);
  }
  for (const level of ["NONE", "HEARSAY", "TRUSTED", "VERIFIED", "CERTIFIED", "SECURE"]) {
    const answer = await transactions.start({ ...startRequest(level), identification_level: level });
    assert.equal("warnings" in answer, false);
  }
});
