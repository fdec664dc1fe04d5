import assert from "node:assert/strict";
import type { TransactionFields } from "../../src/meter/mod.ts";
import { words } from "../support/meter_words.ts";
import { Rig } from "./rig.ts";

const fields: TransactionFields = {
  identificationStatus: 1,
  identificationLevel: 3,
  identificationFlags: [1, 2, 0, 0],
  identificationType: 10,
  identificationData: "ABC",
  chargingPointType: 0,
  chargingPoint: "AB",
  tariffText: "T<=>1",
  sessionModality: 0,
};

/** A meter with rare polling, so that the line shows only the steps. */
async function quiet(): Promise<Rig> {
  const rig = await new Rig("em580", {
    liveMeasurementIntervalMs: 60_000,
    deviceStateReadIntervalMs: 60_000,
  }).online();
  await rig.time.advance(100);
  rig.bus.forget();
  return rig;
}

Deno.test("Meter starts a transaction with ten writes in the order of the documents", async () => {
  const rig = await quiet();
  await rig.during(rig.meter.writeTransaction(fields));
  await rig.during(rig.meter.begin());
  assert.deepEqual(rig.bus.seen, [
    "write 7000/1 0001",
    "write 7001/1 0003",
    "write 7002/4 0001 0002 0000 0000",
    "write 7006/1 000A",
    "write 7007/2 4142 4300",
    "write 701B/1 0000",
    "write 701C/2 4142 0000",
    "write 6900/3 543C 3D3E 3100",
    "write 7036/1 0000",
    "write 7040/1 0042",
  ]);
  assert.ok(rig.bus.calls.every((call) => call.priority === "transaction"));
  await rig.stop();
});

Deno.test("Meter writes the kind of the charging point's identifier and the direction of the energy", async () => {
  const rig = await quiet();
  await rig.during(rig.meter.writeTransaction({ ...fields, chargingPointType: 1, sessionModality: 2 }));
  assert.deepEqual(rig.bus.seen.filter((line) => /^write (701B|7036)/.test(line)), [
    "write 701B/1 0001",
    "write 7036/1 0002",
  ]);
  await rig.stop();
});

Deno.test("Meter cuts texts that are too long and logs the field without its content", async () => {
  const rig = await quiet();
  const secret = "S".repeat(38) + "\u{fc}";
  await rig.during(
    rig.meter.writeTransaction({ ...fields, identificationData: secret, chargingPoint: "E".repeat(40) }),
  );
  assert.ok(rig.bus.seen.includes(`write 7007/20 ${words("53".repeat(38))} 0000`));
  assert.ok(rig.bus.seen.includes(`write 701C/20 ${words("45".repeat(39) + "00")}`));
  assert.deepEqual(rig.logged.filter((line) => line.startsWith("warn")), [
    "warn Cut the identification data to the 39 bytes that the meter holds",
    "warn Cut the charging point identifier to the 39 bytes that the meter holds",
  ]);
  await rig.stop();
});

Deno.test("Meter writes a tariff text of 250 bytes in two requests and refuses a longer one without a write", async () => {
  const rig = await quiet();
  await rig.during(rig.meter.writeTransaction({ ...fields, tariffText: "t".repeat(250) }));
  assert.deepEqual(rig.bus.seen.slice(7, 9), [
    `write 6900/123 ${words("74".repeat(246))}`,
    `write 697B/3 ${words("74".repeat(4))} 0000`,
  ]);
  rig.bus.forget();
  await assert.rejects(rig.meter.writeTransaction({ ...fields, tariffText: "\u{fc}".repeat(126) }), RangeError);
  assert.deepEqual(rig.bus.seen, []);
  assert.equal(await rig.during(rig.meter.readTariffText()), "t".repeat(250));
  await rig.stop();
});

Deno.test("Meter writes begin, end and confirm only once each, with any answer", async () => {
  const rig = await quiet();
  rig.bus.script = () => "timeout";
  await assert.rejects(rig.during(rig.meter.begin()), { code: "timeout" });
  await assert.rejects(rig.during(rig.meter.end()), { code: "timeout" });
  await assert.rejects(rig.during(rig.meter.confirmOcmfFile()), { code: "timeout" });
  assert.deepEqual(rig.bus.seen, ["write 7040/1 0042", "write 7040/1 0045", "write 7100/1 0000"]);
  assert.ok(rig.bus.calls.every((call) => !call.repeatable));
  await rig.stop();
});

Deno.test("Meter retries other steps according to its settings", async () => {
  const rig = await quiet();
  let failures = 2;
  rig.bus.script = () => failures-- > 0 ? "crc" : "answer";
  assert.equal(await rig.during(rig.meter.readOcmfState()), "NOT_READY");
  assert.deepEqual(rig.bus.seen, ["read 7100/1", "read 7100/1", "read 7100/1"]);
  await rig.stop();
});

Deno.test("Meter returns each OCMF state by name and refuses an unknown number", async () => {
  const rig = await quiet();
  for (const [word, state] of [["0", "NOT_READY"], ["1", "RUNNING"], ["2", "READY"], ["3", "CORRUPTED"]] as const) {
    rig.bus.set(0x7100, word);
    assert.equal(await rig.during(rig.meter.readOcmfState()), state);
  }
  rig.bus.set(0x7100, "0004");
  await assert.rejects(rig.during(rig.meter.readOcmfState()), { name: "MeterError", code: "unexpected_value" });
  await rig.stop();
});

Deno.test("Meter returns the OCMF file byte for byte without trailing NULs", async () => {
  const rig = await quiet();
  const text = `OCMF|{"TT":"\u{fc} | ${"x".repeat(300)}"}|{"SD":"30"}`;
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil(bytes.length / 2) * 2 + 4);
  padded.set(bytes);
  rig.bus.set(0x7101, (padded.length / 2).toString(16)).set(0x7110, words(padded.toHex()));
  assert.deepEqual(await rig.during(rig.meter.readOcmfFile()), bytes);
  assert.deepEqual(rig.bus.seen.slice(1).map((seen) => seen.slice(0, 9)), ["read 7110", "read 718D"]);
  await rig.stop();
});

Deno.test("Meter keeps NULs inside the OCMF file", async () => {
  const rig = await quiet();
  rig.bus.set(0x7101, "0003").set(0x7110, "4100 4200 0000");
  assert.deepEqual(await rig.during(rig.meter.readOcmfFile()), Uint8Array.of(0x41, 0, 0x42));
  await rig.stop();
});

Deno.test("Meter returns an empty file for size 0 and refuses an impossible size", async () => {
  const rig = await quiet();
  assert.deepEqual(await rig.during(rig.meter.readOcmfFile()), new Uint8Array());
  rig.bus.set(0x7101, "07F0"); // 2032
  await assert.rejects(rig.during(rig.meter.readOcmfFile()), { name: "MeterError", code: "unexpected_value" });
  assert.deepEqual(rig.bus.seen, ["read 7101/1", "read 7101/1"]);
  await rig.stop();
});

Deno.test("Meter.salvageOcmfFile reads all registers, independent of the size of the file", async () => {
  const rig = await quiet();
  const hold = new Uint8Array(2031 * 2).fill(0x41, 0, 4001);
  rig.bus.set(0x7101, "FFFF").set(0x7110, words(hold.toHex()));
  assert.deepEqual(await rig.during(rig.meter.salvageOcmfFile()), hold.subarray(0, 4001));
  assert.equal(rig.bus.seen.at(-1), "read 78E0/31");
  for (const size of ["0002", "0000"]) {
    rig.bus.set(0x7101, size);
    assert.deepEqual(await rig.during(rig.meter.salvageOcmfFile()), hold.subarray(0, 4001));
  }
  rig.bus.set(0x7110, words("00".repeat(2031 * 2)));
  assert.deepEqual(await rig.during(rig.meter.salvageOcmfFile()), new Uint8Array());
  await rig.stop();
});

Deno.test("Meter.salvageOcmfFile returns the data before the first refused block", async () => {
  const rig = await quiet();
  rig.bus.set(0x7101, "00FB").set(0x7110, "4142 ".repeat(251)); // 251 words: blocks of 125, 125 and 1
  rig.bus.script = ({ address }) => address === 0x7101 || address === 0x718D ? { exception: 4 } : "answer";
  assert.deepEqual(await rig.during(rig.meter.salvageOcmfFile()), new TextEncoder().encode("AB".repeat(125)));
  let refused = 0;
  rig.bus.script = ({ address }) => address === 0x718D && refused++ === 0 ? { exception: 4 } : "answer";
  const blocks = await rig.during(rig.meter.salvageOcmfFile());
  assert.deepEqual(blocks, new TextEncoder().encode("AB".repeat(250)), "one refusal is not believed");
  rig.bus.script = () => "timeout";
  await assert.rejects(rig.during(rig.meter.salvageOcmfFile()), { code: "timeout" });
  rig.bus.script = ({ address }) => address === 0x718D ? { exception: 6 } : "answer";
  await assert.rejects(rig.during(rig.meter.salvageOcmfFile()), { exception: 6 });
  await rig.stop();
});

Deno.test("Meter.readSignedValue reads 93 words, and fails without a key", async () => {
  const rig = await quiet();
  const signed = await rig.during(rig.meter.readSignedValue());
  assert.deepEqual([signed.data.length, signed.signature], [244, "E2".repeat(64)]);
  assert.deepEqual(rig.bus.seen, ["read 0800/93"]);
  await rig.stop();
  const other = await new Rig("em340").online();
  await assert.rejects(other.meter.readSignedValue(), { name: "MeterError", code: "not_supported" });
  await other.stop();
});

Deno.test("Meter.monitor reads the OCMF state in each live cycle while it is on", async () => {
  const rig = await new Rig("em580").online();
  const states = () => rig.events.flatMap((event) => event.kind === "ocmf_state" ? [event.state] : []);
  await rig.time.advance(2000);
  assert.deepEqual(states(), []);
  rig.meter.monitor(true);
  rig.bus.set(0x7100, "0001");
  await rig.time.advance(2000);
  rig.bus.set(0x7100, "0002");
  await rig.time.advance(1000);
  rig.meter.monitor(false);
  await rig.time.advance(2000);
  assert.deepEqual(states(), ["RUNNING", "RUNNING", "READY"]);
  await rig.stop();
  const unwanted = await new Rig("em580", { monitorTransactionState: false }).online();
  unwanted.meter.monitor(true);
  await unwanted.time.advance(3000);
  assert.ok(!unwanted.events.some((event) => event.kind === "ocmf_state"));
  await unwanted.stop();
});
