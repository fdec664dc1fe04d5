import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import {
  type Publisher,
  publishMeterEvent,
  publishTransactionEvent,
  type SchemaName,
  schemas,
} from "../../src/contract/mod.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { deviceFault, em580, FakeServedMeter, reading } from "../nats/fakes.ts";
import { FakeHealth, lineReport } from "../nats/setup.ts";
import { TestJournal } from "../nats/test_journal.ts";
import { MemoryTransport } from "./memory_transport.ts";

function newTransport(journal: TestJournal): MemoryTransport {
  const deps = { time: systemTime, log: silentLog };
  return new MemoryTransport({
    identity: { instance: "a" },
    meters: [new FakeServedMeter("evse-1")],
    lines: () => [lineReport],
    journal: journal.outbox,
    health: new FakeHealth(),
    spool: openSpool({ mode: "off", maxAgeHours: 1, maxMb: 1, folder: "" }, deps),
    ...deps,
  });
}

Deno.test("another transport publishes everything with the contract alone, and each payload fits its schema", async () => {
  using journal = new TestJournal();
  const transport = newTransport(journal);
  const publisher: Publisher = transport;
  transport.start();
  publishMeterEvent(publisher, "evse-1", { kind: "identified", identity: em580 });
  publishMeterEvent(publisher, "evse-1", { kind: "reading", reading });
  publishMeterEvent(publisher, "evse-1", { kind: "fault", fault: deviceFault });
  publisher.publishNodeFault({ subType: "DiskSpaceLow", active: true, message: "1 MB is left", sinceMs: 0, atMs: 0 });
  journal.add("tx-1");
  publishTransactionEvent(publisher, "evse-1", { kind: "record", seq: 1 });
  await journal.left(0);
  await transport.close();
  const expected: [string, SchemaName][] = [
    ["_node.status", "NodeStatus"],
    ["evse-1.public_key", "PublicKey"],
    ["evse-1.status", "Status"],
    ["evse-1.reading", "Powermeter"],
    ["evse-1.fault.DeviceStateError", "Fault"],
    ["_node.fault.DiskSpaceLow", "Fault"],
    ["_node.status", "NodeStatus"],
    ["evse-1.ocmf", "OcmfResult"],
    ["evse-1.status", "Status"],
    ["_node.status", "NodeStatus"],
  ];
  assert.deepEqual(
    transport.messages.map(({ subject }) => subject),
    expected.map(([subject]) => `wattseal.berlin-01.${subject}`),
  );
  for (const [place, { subject, payload }] of transport.messages.entries()) {
    const name = expected[place]?.[1] ?? "Error";
    assert.deepEqual(schemas[name].parse(payload), payload, subject);
  }
  assert.equal(journal.real.undelivered(), 0);
});

Deno.test("another transport answers requests and failures with the contract alone", async () => {
  using journal = new TestJournal();
  const transport = newTransport(journal);
  const request = (suffix: string, text = "") => transport.request(`wattseal.berlin-01.${suffix}`, text);
  const { meter_id: id } = schemas.Powermeter.parse(await request("evse-1.reading.get"));
  assert.equal(id, "BY1234567.2024");
  assert.deepEqual(await request("evse-1.transaction.stop", '{ "transaction_id": "" }'), { status: "OK" });
  assert.equal(schemas.JournalPage.parse(await request("_node.journal.get")).total, 0);
  assert.equal(schemas.Error.parse(await request("evse-1.acknowledge", "nonsense")).code, "INVALID_REQUEST");
  assert.equal(schemas.Error.parse(await request("_node.redeliver", "{}")).code, "INVALID_REQUEST");
  assert.equal(await request("evse-9.status.get"), undefined);
  await transport.close();
});

Deno.test("another transport serves meters that come and go with the contract alone", async () => {
  using journal = new TestJournal();
  const transport = newTransport(journal);
  transport.start();
  const state = async (meter: string) => {
    const answer = await transport.request(`wattseal.berlin-01.${meter}.status.get`, "");
    return answer === undefined ? undefined : schemas.Status.parse(answer).state;
  };
  const listed = () => Object.keys(schemas.NodeStatus.parse(transport.messages.at(-1)?.payload).meters);
  const added = new FakeServedMeter("evse-2");
  transport.serve(added);
  assert.deepEqual([await state("evse-2"), listed()], ["online", ["evse-1", "evse-2"]]);
  const other = new FakeServedMeter("evse-2");
  other.meter.state = "connecting";
  transport.serve(other);
  assert.equal(await state("evse-2"), "connecting");
  publishMeterEvent(transport, "evse-2", { kind: "fault", fault: deviceFault });
  await transport.withdraw("evse-2", { forget: false });
  assert.deepEqual([await state("evse-2"), listed()], [undefined, ["evse-1"]]);
  const ofIt = transport.messages.filter(({ subject }) => subject.startsWith("wattseal.berlin-01.evse-2."));
  assert.deepEqual(ofIt.slice(-2).map(({ payload }) => Object(payload)["active"] ?? Object(payload)["state"]), [
    false,
    "stopped",
  ]);
  // Its loops may still report that they end
  publishMeterEvent(transport, "evse-2", { kind: "state", state: "stopped", atMs: 0 });
  publishMeterEvent(transport, "evse-2", { kind: "reading", reading });
  assert.equal(transport.messages.filter(({ subject }) => subject.includes(".evse-2.")).length, ofIt.length);
  assert.deepEqual(await transport.forget("evse-2"), { outcome: "forgotten", states: 3 });
  assert.deepEqual(transport.retained.filter((subject) => subject.includes(".evse-2.")), []);
  await assert.rejects(transport.forget("evse-1"), { name: "ForgetError" });
  await transport.close();
});
