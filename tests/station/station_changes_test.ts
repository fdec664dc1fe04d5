import assert from "node:assert/strict";
import { JournalError, LocalJournal } from "../../src/journal/mod.ts";
import type { ShortLines } from "./configs.ts";
import { MemoryStation } from "./memory_station.ts";

const fast = "baudrate: 115200";

/** Thirteen meters on one line: `evse-1` to `evse-13`, with these changes. */
function thirteen(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const usual = Array.from({ length: 13 }, (_, place) => [`evse-${place + 1}`, `${place + 1}`] as const);
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(usual), ...changes }).flatMap(([name, unit]) =>
      unit === undefined ? [] : [[name, unit]]
    ),
  );
}

const two: ShortLines = {
  a: { keys: fast, meters: { one: "1", two: "2" } },
  b: { keys: fast, meters: { three: "1" } },
};

Deno.test("a reload under load changes one meter, adds one and removes one; the others are not disturbed", async () => {
  await using world = await new MemoryStation({ a: { keys: fast, meters: thirteen() } }).start();
  await world.charge("evse-1", "tx-1");
  await world.time.advance(3_000);
  const changed = thirteen({
    "evse-2": "2, live_measurement_interval_ms: 2000",
    "evse-3": undefined,
    "evse-14": "14",
  });
  const before = world.transport.messages.length;
  const { applied, waiting } = await world.apply({ a: { keys: fast, meters: changed } });
  const removedAtMs = world.time.now();
  assert.deepEqual(waiting, []);
  assert.deepEqual(applied.map((text) => text.replace(/ \(.*/, "")), [
    "meter evse-3 is removed",
    "meter evse-2 is changed",
    "meter evse-14 is added",
  ]);
  await world.time.advance(6_000);
  const untouched = Object.keys(thirteen()).filter((name) => name !== "evse-2" && name !== "evse-3");
  for (const name of untouched) assert.ok(world.longestGapMs(name) <= 1_500, `${name}: ${world.longestGapMs(name)}`);
  const statuses = world.transport.messages.slice(before).map(({ subject }) => subject.split(".").slice(-2).join("."));
  assert.deepEqual(statuses.filter((subject) => untouched.some((name) => subject === `${name}.status`)), []);
  const after = world.readings.filter(({ atMs }) => atMs > removedAtMs + 1_000).map(({ meter }) => meter);
  const count = (name: string) => after.filter((meter) => meter === name).length;
  assert.ok(count("evse-1") >= 4 && count("evse-14") >= 4, `${count("evse-1")} ${count("evse-14")}`);
  assert.ok(count("evse-2") >= 2 && count("evse-2") <= 3, `${count("evse-2")}`);
  assert.equal(count("evse-3"), 0);
  assert.deepEqual(world.requests.filter(({ to, atMs }) => to === "3 on /dev/a" && atMs > removedAtMs), []);
  assert.deepEqual(world.transport.retained.filter((subject) => subject.includes(".evse-3.")), []);
  assert.deepEqual(world.openings, ["/dev/a"]);
  await world.end("evse-1", "tx-1");
});

Deno.test("meters are repeatedly added and removed without a gap in the readings of the others", async () => {
  await using world = await new MemoryStation({ a: { keys: fast, meters: thirteen() } }, { silent: ["20 on /dev/a"] })
    .start();
  for (const extra of [{ more: "20" }, { more: "20", "evse-4": undefined }, { "evse-1": "1" }, { most: "21" }, {}]) {
    await world.apply({ a: { keys: fast, meters: thirteen(extra) } });
    await world.time.advance(4_000);
  }
  for (const name of Object.keys(thirteen()).filter((meter) => meter !== "evse-4")) {
    assert.ok(world.longestGapMs(name) <= 1_500, `${name}: ${world.longestGapMs(name)}`);
  }
  assert.deepEqual(world.inService, { a: Object.keys(thirteen()) });
});

Deno.test("a removed meter with a running transaction is removed when it has ended, and its record is published", async () => {
  await using world = await new MemoryStation(two).start();
  await world.charge("two", "tx-1");
  const { applied, waiting } = await world.apply({ ...two, a: { keys: fast, meters: { one: "1" } } });
  const text = "meter two is removed as soon as no transaction is open on two";
  assert.deepEqual([applied, waiting], [[], [text]]);
  assert.deepEqual(world.logged.filter((line) => line.startsWith("Configuration")), [`Configuration: ${text}`]);
  assert.deepEqual(world.nodeStatus.waiting_changes, [text]);
  await world.time.advance(5_000);
  assert.ok(world.longestGapMs("two") <= 1_500);
  await world.end("two", "tx-1");
  await world.time.advanceUntil(() => world.nodeStatus.waiting_changes === undefined);
  await world.time.advanceUntil(() => world.inService.a?.length === 1);
  assert.equal(world.logged.at(-1), "Configuration: meter two is removed");
  assert.deepEqual(world.inService, { a: ["one"], b: ["three"] });
  assert.ok(world.transport.messages.some(({ subject }) => subject.endsWith(".two.ocmf")));
  assert.deepEqual(world.transport.retained.filter((subject) => subject.includes(".two.")), []);
  assert.ok(world.longestGapMs("one") <= 1_500);
});

Deno.test("a change waits for a start in progress and for its transaction", async () => {
  await using world = await new MemoryStation(two).start();
  const starting = world.charge("two", "tx-1");
  assert.equal(world.journal.openTransactions("two").length, 0);
  const { waiting } = await world.apply({ ...two, a: { keys: fast, meters: { one: "1", two: "2, invert: true" } } });
  assert.deepEqual(waiting, ["meter two is changed (invert) as soon as no transaction is open on two"]);
  await starting;
  await world.end("two", "tx-1");
  await world.time.advanceUntil(() => world.changes.waiting.length === 0);
  await world.time.advanceUntil(() => world.station.inForce[0]?.meters.some(({ invert }) => invert) === true);
  const repeated = await world.ask("two", "transaction.stop", { transaction_id: "tx-1" });
  assert.match(JSON.stringify(repeated), /OCMF\|/);
});

Deno.test("a newer configuration replaces a change that waits", async () => {
  await using world = await new MemoryStation(two).start();
  await world.charge("two", "tx-1");
  await world.apply({ ...two, a: { keys: fast, meters: { one: "1" } } });
  const renamed = await world.apply({ ...two, a: { keys: fast, meters: { one: "1", due: "2" } } });
  assert.equal(renamed.waiting.length, 2);
  const undone = await world.apply(two);
  assert.deepEqual(undone, { applied: [], waiting: [] });
  await world.end("two", "tx-1");
  await world.time.advance(3_000);
  assert.deepEqual(world.inService, { a: ["one", "two"], b: ["three"] });
  assert.ok(world.longestGapMs("two") <= 1_500);
});

Deno.test("a renamed meter with a transaction keeps its old name until it has ended; both never use the unit id", async () => {
  await using world = await new MemoryStation(two).start();
  await world.charge("two", "tx-1");
  await world.apply({ ...two, a: { keys: fast, meters: { one: "1", due: "2" } } });
  await world.time.advance(2_000);
  assert.deepEqual(world.inService.a, ["one", "two"]);
  await world.end("two", "tx-1");
  await world.time.advanceUntil(() => world.readings.some(({ meter }) => meter === "due"));
  const last = world.readings.filter(({ meter }) => meter === "two").at(-1);
  const first = world.readings.find(({ meter }) => meter === "due");
  assert.ok((last?.atMs ?? 0) < (first?.atMs ?? 0));
  await world.charge("due", "tx-2");
  await world.end("due", "tx-2");
});

Deno.test("a removed meter that is added again is read again", async () => {
  await using world = await new MemoryStation(two).start();
  await world.apply({ ...two, a: { keys: fast, meters: { one: "1" } } });
  await world.time.advance(2_000);
  const again = await world.apply(two);
  assert.deepEqual(again.applied, ["meter two is added"]);
  const since = world.time.now();
  await world.time.advanceUntil(() => world.readings.some(({ meter, atMs }) => meter === "two" && atMs > since));
  assert.ok(world.longestGapMs("one") <= 1_500);
});

Deno.test("a changed line is opened again with its meters, alone", async () => {
  await using world = await new MemoryStation(two).start();
  const changed = { ...two, b: { keys: "baudrate: 57600", meters: { three: "1" } } };
  assert.deepEqual((await world.apply(changed)).applied, ["line b is changed (baudrate)"]);
  await world.time.advance(3_000);
  assert.deepEqual(world.openings, ["/dev/a", "/dev/b", "/dev/b"]);
  for (const name of ["one", "two"]) assert.ok(world.longestGapMs(name) <= 1_500, name);
  assert.equal(world.readings.at(-1) === undefined, false);
});

Deno.test("lines that exchange their devices wait for a transaction, and no device is open twice", async () => {
  await using world = await new MemoryStation(two).start();
  await world.charge("three", "tx-1");
  const exchanged: ShortLines = {
    a: { keys: `${fast}, serial_port: /dev/b`, meters: { one: "1", two: "2" } },
    b: { keys: `${fast}, serial_port: /dev/a`, meters: { three: "1" } },
  };
  const { waiting } = await world.apply(exchanged);
  assert.equal(waiting.length, 2);
  await world.time.advance(2_000);
  for (const name of ["one", "two", "three"]) assert.ok(world.longestGapMs(name) <= 1_500, name);
  await world.end("three", "tx-1");
  await world.time.advanceUntil(() => world.openings.length === 4);
  assert.deepEqual(world.openings.slice(2).toSorted(), ["/dev/a", "/dev/b"]);
  await world.time.advanceUntil(() => world.station.served.every(({ meter }) => meter.state === "online"));
});

Deno.test("a change of a meter refuses requests until it is set up again, and needs no stop of the service", async () => {
  await using world = await new MemoryStation(two).start();
  // Until the journal and its meter agree, the change would wait
  await world.time.advance(2_000);
  // One of its exchanges is in progress, so that it cannot stop at once
  const asked = world.requests.length;
  await world.time.advanceUntil(() => world.requests.slice(asked).some(({ to }) => to === "2 on /dev/a"), 10_000, 1);
  const changing = world.changes.apply([...world.station.inForce].map((line) => ({
    ...line,
    meters: line.meters.map((meter) => meter.name === "two" ? { ...meter, invert: true } : meter),
  })));
  await world.time.advance(0);
  const refused = await world.ask("two", "transaction.stop", { transaction_id: "" });
  assert.equal(refused.code, "METER_OFFLINE");
  assert.match(String(refused.error), /its configuration is changing; repeat the request/);
  await world.time.run(changing);
  const stateOf = () => world.station.served.find(({ name }) => name === "two")?.meter.state;
  await world.time.advanceUntil(() => stateOf() === "online");
  await world.charge("two", "tx-1");
  await world.end("two", "tx-1");
  const statuses = world.transport.messages.filter(({ subject }) => subject.endsWith(".two.status"))
    .map(({ payload }) => (payload as { state: string }).state);
  assert.ok(!statuses.includes("stopped"), statuses.join());
});

Deno.test("a reading on request ends before the unit id of its meter changes hands", async () => {
  await using world = await new MemoryStation(two).start();
  await world.time.advance(2_000);
  const asked = world.requests.length;
  const reading = world.transport.request("wattseal.berlin-01.two.reading.get", "");
  await world.time.advance(0);
  await world.apply({ ...two, a: { keys: fast, meters: { one: "1", two: "7" } } });
  const changedAtMs = world.time.now();
  const answer = await world.time.run(reading);
  assert.ok(typeof answer === "object" && answer !== null && "meter_id" in answer, JSON.stringify(answer));
  await world.time.advance(2_000);
  const own = world.requests.slice(asked).filter(({ to }) => to === "2 on /dev/a");
  assert.ok(own.length > 0 && own.every(({ atMs }) => atMs <= changedAtMs));
});

Deno.test("a meter that cannot be put into service is named, and put into service when the journal can be read", async () => {
  await using world = await new MemoryStation(two).start();
  const { journal } = world;
  let failures = 1;
  journal.lastTransaction = (meter) => {
    if (failures-- > 0) throw new JournalError("read_failed", "Cannot read the journal");
    return LocalJournal.prototype.lastTransaction.call(journal, meter);
  };
  const { applied, waiting } = await world.apply({ ...two, b: { keys: fast, meters: { three: "1", four: "2" } } });
  assert.deepEqual([applied, waiting], [[], ["meter four is added after a failure: Cannot read the journal"]]);
  await world.time.run(world.changes.retry());
  assert.deepEqual(world.inService.b, ["three", "four"]);
  await world.time.advanceUntil(() => world.readings.some(({ meter }) => meter === "four"));
});

Deno.test("configurations that arrive together are applied one after the other, and the last one stays", async () => {
  await using world = await new MemoryStation(two).start();
  const results = Promise.all([
    world.apply({ ...two, a: { keys: fast, meters: { one: "1" } } }),
    world.apply({ ...two, a: { keys: fast, meters: { one: "1", four: "4" } } }),
    world.apply({ ...two, b: { keys: fast, meters: { three: "1", five: "5" } } }),
  ]);
  await results;
  assert.deepEqual(world.inService, { a: ["one", "two"], b: ["three", "five"] });
  assert.ok(world.longestGapMs("one") <= 1_500);
});

Deno.test("the end of the service completes the steps that have begun and takes no more", async () => {
  await using world = await new MemoryStation(two).start();
  const first = world.changes.apply(world.station.inForce.slice(0, 1));
  const second = world.changes.apply(world.station.inForce);
  const ended = world.changes.close();
  const outcome = await world.time.run(Promise.allSettled([first, second, ended]));
  assert.deepEqual(outcome.map(({ status }) => status), ["rejected", "rejected", "fulfilled"]);
  assert.deepEqual(world.inService, { a: ["one", "two"], b: ["three"] });
});

Deno.test("a restart while a change waits puts the new configuration into force, and loses no record", async () => {
  await using world = await new MemoryStation(two).start();
  await world.charge("two", "tx-1");
  const renamed: ShortLines = { ...two, a: { keys: fast, meters: { one: "1", due: "2" } } };
  assert.equal((await world.apply(renamed)).waiting.length, 2);
  await using restarted = await world.restart(renamed);
  await restarted.time.advanceUntil(() => restarted.journal.openTransactions("due").length === 1);
  await restarted.end("due", "tx-1");
  const records = restarted.transport.messages.filter(({ subject }) => subject.endsWith(".ocmf"));
  assert.deepEqual(records.map(({ subject }) => subject), ["wattseal.berlin-01.due.ocmf"]);
  for (const name of ["two", "due"]) assert.deepEqual(restarted.journal.openTransactions(name), [], name);
});
