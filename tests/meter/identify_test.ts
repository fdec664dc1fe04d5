import assert from "node:assert/strict";
import { layoutNamed } from "../support/layout_named.ts";
import { der256, point256, setEm340, words } from "../support/meter_words.ts";
import { Rig } from "./rig.ts";

async function identified(rig: Rig) {
  await rig.online();
  await rig.stop();
  const { identity } = rig.meter;
  assert.ok(identity !== undefined);
  return identity;
}

Deno.test("Meter identifies an EM580 by its plate, its firmware and its key", async () => {
  const rig = new Rig("em580");
  assert.deepEqual(await identified(rig), {
    code: 580,
    family: "em580",
    model: "EM580",
    firmware: { measure: "1.6.3", communication: "2.0.17" },
    serialNumber: "0123456789ABC",
    productionYear: 2024,
    meterId: "0123456789ABC.2024",
    layout: layoutNamed("em580"),
    billing: {
      able: true,
      keyBits: 256,
      signingMethod: "ECDSA-brainpoolP256r1-SHA256",
      publicKeyPoint: point256.slice(0, 130),
      publicKeyDer: der256,
    },
  });
  assert.equal(rig.bus.seen[0], "read 000B/1");
});

Deno.test("Meter reads 49 and 62 words of a 384-bit key", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x24ff, "0001").set(0x2500, words("04" + "A1".repeat(97))).set(0x2600, words("30" + "C3".repeat(123)));
  rig.bus.set(0x0800, words("D1".repeat(122) + "E2".repeat(96)));
  const { billing } = await identified(rig);
  assert.deepEqual(billing, {
    able: true,
    keyBits: 384,
    signingMethod: "ECDSA-brainpoolP384r1-SHA256",
    publicKeyPoint: "04" + "A1".repeat(96),
    publicKeyDer: "30" + "C3".repeat(123),
  });
  assert.ok(rig.bus.seen.includes("read 2500/49") && rig.bus.seen.includes("read 2600/62"));
});

Deno.test("Meter identifies each code of the EM300 series, with and without a year", async () => {
  for (const code of [331, 332, 335, 336, 340, 341, 345, 346, 355]) {
    const rig = new Rig("em340");
    rig.bus.setAlone(0x000b, code.toString(16));
    const { family, model, meterId, billing, productionYear, firmware } = await identified(rig);
    assert.deepEqual([family, model, meterId], ["em300", "EM300/ET300", "BA12345"]);
    assert.equal(productionYear, undefined);
    assert.deepEqual(firmware, { measure: "B4" });
    assert.equal(billing.able, false);
    assert.deepEqual(rig.faults, []);
    assert.ok(!rig.bus.seen.includes("read 24FF/1"));
  }
  const rig = new Rig("em340");
  rig.bus.set(0x5010, "07E3");
  assert.equal((await identified(rig)).meterId, "BA12345.2019");
});

Deno.test("Meter only reads the nameplate, the settings and the live registers of an EM300", async () => {
  const rig = await new Rig("em340", { liveMeasurementIntervalMs: 60_000 }).online();
  // Longer than the hour after which a clock is set: a write stops some meters
  await rig.time.advance(3_700_000);
  await rig.stop();
  assert.ok(rig.readings.length > 60);
  const addresses = new Set(rig.bus.seen);
  assert.deepEqual([...addresses].sort(), [
    "read 0000/50",
    "read 000B/1",
    "read 0032/2",
    "read 0302/1",
    "read 0303/1",
    "read 0400/12",
    "read 1002/1",
    "read 1103/1",
    "read 1104/1",
    "read 1105/1",
    "read 5000/7",
    "read 5010/1",
  ]);
});

Deno.test("Meter without an answer at its firmware registers is set up without a version", async () => {
  for (const answer of [{ exception: 2 }, { exception: 4 }, "timeout"] as const) {
    for (const kind of ["em340", "em580"] as const) {
      const rig = new Rig(kind);
      rig.bus.script = ({ address }) => address === 0x0302 || address === 0x0303 ? answer : "answer";
      const { firmware, serialNumber } = await identified(rig);
      assert.deepEqual([firmware, serialNumber.length > 5], [{}, true]);
    }
  }
});

Deno.test("Meter of the EM300 series has a serial number with one or two characters per word", async () => {
  for (
    const [words, serialNumber] of [
      ["0042 0058 0031 0032 0033 0034 0035", "BX12345"],
      ["4258 3132 3334 3536 3738 3930 4100", "BX1234567890A"],
      ["4258 3234 3630 3000 0000 0000 0000", "BX24600"],
    ] as const
  ) {
    const rig = new Rig("em340");
    rig.bus.set(0x5000, words);
    assert.equal((await identified(rig)).serialNumber, serialNumber);
  }
});

Deno.test("Meter that does not answer at missing registers, instead of refusing them, is set up without them", async () => {
  for (const code of ["0155", "0200"]) {
    const rig = new Rig("em340", { initialConnectionRetryCount: 1 });
    rig.bus.setAlone(0x000b, code).unset(0x0400, 12);
    rig.bus.set(0x0034, "E240 0001").set(0x0036, "0000 ".repeat(24)).set(0x004e, "0011 0000");
    const has = (address: number) => address < 0x0400 || address === 0x5000;
    rig.bus.script = ({ address }) => has(address) ? "answer" : "timeout";
    await rig.online();
    await rig.time.advanceUntil(() => rig.readings.length > 0);
    await rig.stop();
    assert.equal(rig.meter.identity?.family, "em300");
    const [reading] = rig.readings;
    assert.deepEqual([reading?.meterId, reading?.energyImportWh, reading?.energyExportWh], [
      "BA12345",
      12_345_600,
      1700,
    ]);
    assert.deepEqual(rig.faults.map(({ subType }) => subType), code === "0155" ? [] : ["BillingUnavailable"]);
  }
});

Deno.test("Meter keeps its id if its year is not answered for a time, and is not set up if nothing is answered", async () => {
  const passing = new Rig("em340");
  passing.bus.set(0x5010, "07E3");
  let silences = 3;
  passing.bus.script = ({ address }) => address === 0x5010 && silences-- > 0 ? "timeout" : "answer";
  assert.equal((await identified(passing)).meterId, "BA12345.2019");

  const gone = new Rig("em340", { initialConnectionRetryCount: 1 });
  let isGone = false;
  gone.bus.script = ({ address }) => {
    isGone ||= address === 0x5010;
    return isGone ? "timeout" : "answer";
  };
  gone.meter.start();
  await gone.time.advanceUntil(() => gone.meter.state === "offline");
  assert.equal(gone.meter.identity, undefined);
  await gone.stop();
});

Deno.test("Meter keeps its id if the year register is wrongly refused once", async () => {
  for (
    const [kind, year, meterId] of [["em340", 0x5010, "BA12345.2019"], ["em580", 0x5007, "0123456789ABC.2024"]] as const
  ) {
    const rig = new Rig(kind);
    if (kind === "em340") rig.bus.set(year, "07E3");
    let refusals = 1;
    rig.bus.script = ({ address }) => address === year && refusals-- > 0 ? { exception: 4 } : "answer";
    assert.equal((await identified(rig)).meterId, meterId);
  }
});

Deno.test("Meter finds an EM580 that can bill if each register is wrongly refused once", async () => {
  const rig = new Rig("em580");
  const refused = new Set<number>();
  rig.bus.script = ({ address }) => {
    if (![0x24ff, 0x2500, 0x2600, 0x7100].includes(address) || refused.has(address)) return "answer";
    refused.add(address);
    return { exception: 2 };
  };
  const { billing } = await identified(rig);
  assert.equal(billing.able, true);
  assert.deepEqual(rig.faults, []);
});

Deno.test("Meter with an unknown code is not identified as an EM300 after one wrong refusal", async () => {
  const rig = new Rig("em580");
  let refusals = 1;
  rig.bus.script = ({ address }) =>
    address === 0x24ff || (address === 0x0000 && refusals-- > 0) ? { exception: 2 } : "answer";
  assert.equal((await identified(rig)).family, "em580");
});

Deno.test("Meter with another signature type continues metering without billing, and keeps its clock", async () => {
  for (const [type, told] of [["0002", /signature type is 2 \(none\)/], ["0007", /signature type is 7/]] as const) {
    const rig = new Rig("em580");
    rig.bus.set(0x24ff, type);
    await rig.online();
    await rig.time.advance(1500);
    await rig.stop();
    const billing = rig.meter.identity?.billing;
    assert.ok(billing !== undefined && !billing.able && told.test(billing.reason));
    assert.equal(rig.faults[0]?.subType, "BillingUnavailable");
    assert.match(rig.faults[0]?.message ?? "", told);
    assert.equal(rig.readings[0]?.signedValue, undefined);
    assert.equal(rig.readings[0]?.temperatureC, -12.3);
    assert.ok(rig.bus.seen.some((seen) => seen.startsWith("write 7032/4")));
  }
});

Deno.test("Meter clears BillingUnavailable when a later setup finds a key, or a meter that never bills", async () => {
  for (const swap of [(rig: Rig) => rig.bus.set(0x24ff, "0000"), (rig: Rig) => setEm340(rig.bus)]) {
    const rig = new Rig("em580");
    rig.bus.set(0x24ff, "0002");
    await rig.online();
    rig.bus.script = () => "crc";
    await rig.time.advanceUntil(() => rig.meter.state === "offline");
    swap(rig);
    rig.bus.script = () => "answer";
    await rig.time.advanceUntil(() => rig.meter.state === "online");
    assert.deepEqual(rig.meter.faults.active.map((fault) => fault.subType), ["CommunicationError"]);
    await rig.stop();
  }
});

Deno.test("Meter reports the meter that was there before", async () => {
  const rig = await new Rig("em580").online();
  rig.bus.script = () => "crc";
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  rig.bus.set(0x5000, "5858 5858 5800 0000 0000 0000 0000").script = () => "answer";
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  await rig.stop();
  const last = rig.events.findLast((event) => event.kind === "identified");
  assert.ok(last?.kind === "identified");
  assert.deepEqual([last.previous?.meterId, last.identity.meterId], ["0123456789ABC.2024", "XXXXX.2024"]);
});
