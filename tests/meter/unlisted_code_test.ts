import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

/** An EM340 with the code 338, which no model lists. */
function unlisted(options: ConstructorParameters<typeof Rig>[1] = {}): Rig {
  const rig = new Rig("em340", options);
  rig.bus.setAlone(0x000b, "0152");
  return rig;
}

Deno.test("Meter with an unknown code that refuses the OCMF registers in two setups is offline, with a fault", async () => {
  const rig = unlisted();
  rig.meter.start();
  await rig.time.advanceUntil(() => rig.faults.length > 0);
  await rig.time.advance(60_000);
  await rig.stop();
  assert.deepEqual(rig.course, [
    "connecting",
    "offline",
    "connecting",
    "raised ModelUnknown",
    "offline",
    "stopped",
  ], "its state does not change each time that it is identified again");
  const [fault] = rig.faults;
  assert.match(
    fault?.message ?? "",
    /code 338 \(0152h\).* its answers fit EM300\/ET300, EM100\/ET100[^.]*\. Send us .*set `model`.*em300/,
  );
  assert.deepEqual([rig.readings, rig.faults.length], [[], 1]);
  assert.ok(rig.logged.some((line) => /^info .*338.*identifies the meter again/.test(line)));
});

Deno.test("Meter without a model is identified again at the long interval, even if its first answers were damaged", async () => {
  const rig = unlisted({ communicationRetryCount: 1, initialConnectionRetryCount: 1 });
  let damaged = 2;
  rig.bus.script = () => damaged-- > 0 ? "crc" : "answer";
  rig.meter.start();
  await rig.time.advanceUntil(() => rig.meter.faults.has("ModelUnknown"));
  const before = rig.bus.seen.filter((seen) => seen === "read 24FF/1").length;
  await rig.time.advance(60_000);
  await rig.stop();
  assert.ok(rig.bus.seen.filter((seen) => seen === "read 24FF/1").length - before <= 6 * 4);
});

Deno.test("Meter with an unknown code that has its OCMF registers in the second setup bills", async () => {
  const rig = new Rig("em580");
  let refusals = 3;
  rig.bus.script = ({ address }) =>
    (address === 0x24ff || address === 0x7100) && refusals-- > 0 ? { exception: 2 } : "answer";
  // Two refusals of 24FFh for the billing, then another one, and none of 7100h: not both are refused
  await rig.online();
  assert.equal(rig.meter.identity?.family, "em580");
  await rig.stop();

  const late = new Rig("em580");
  let refusing = true;
  late.bus.script = ({ address }) =>
    refusing && (address === 0x24ff || address === 0x7100) ? { exception: 2 } : "answer";
  late.meter.start();
  await late.time.advanceUntil(() => late.meter.state === "offline");
  refusing = false;
  await late.time.advanceUntil(() => late.meter.state === "online");
  await late.stop();
  assert.equal(late.meter.identity?.billing.able, true);
  assert.deepEqual(late.faults, []);
});

Deno.test("Meter with an unknown code that is silent or busy at the OCMF registers is metered, with its code in the fault", async () => {
  for (const answer of ["timeout", { exception: 4 }, { exception: 6 }] as const) {
    const rig = unlisted();
    rig.bus.script = ({ address }) => address === 0x24ff || address === 0x7100 ? answer : "answer";
    await rig.online();
    await rig.time.advance(3000);
    await rig.stop();
    assert.equal(rig.readings[0]?.energyExportWh, 7008);
    assert.equal(rig.faults[0]?.subType, "BillingUnavailable");
    assert.match(rig.faults[0]?.message ?? "", /code 338/);
  }
});

Deno.test("Meter without a model stays unmetered if a later setup has no valid answer at the OCMF registers", async () => {
  for (const answer of ["timeout", "crc", { exception: 6 }] as const) {
    const rig = unlisted({ initialConnectionRetryCount: 1 });
    let isDisturbed = false;
    let asked = 0;
    rig.bus.script = ({ address }) => isDisturbed && address === 0x7100 && ++asked > 0 ? answer : "answer";
    rig.meter.start();
    await rig.time.advanceUntil(() => rig.meter.faults.has("ModelUnknown"));
    isDisturbed = true;
    await rig.time.advance(60_000);
    assert.ok(asked > 0);
    assert.deepEqual([rig.meter.state, rig.readings], ["offline", []]);
    isDisturbed = false;
    await rig.time.advance(60_000);
    assert.ok(rig.meter.faults.has("ModelUnknown"));
    await rig.stop();
  }
});

Deno.test("Meter with an unknown code is not metered because of one damaged answer", async () => {
  const rig = unlisted({ initialConnectionRetryCount: 1 });
  rig.bus.script = ({ address }) => address === 0x7100 ? "crc" : "answer";
  rig.meter.start();
  await rig.time.advance(60_000);
  await rig.stop();
  assert.deepEqual([rig.meter.identity, rig.readings], [undefined, []]);
  assert.equal(rig.faults[0]?.subType, "CommunicationError");
});

Deno.test("Meter with an unknown code that has billed here is metered although it refuses its OCMF registers", async () => {
  const rig = new Rig("em580", { hasBilled: () => true });
  rig.bus.setAlone(0x000b, "0168").unset(0x24ff, 1).unset(0x7100, 2);
  await rig.online();
  await rig.time.advance(70_000);
  await rig.stop();
  assert.deepEqual(rig.course, ["connecting", "raised BillingUnavailable", "identified", "online", "stopped"]);
  assert.match(rig.faults[0]?.message ?? "", /code 360 answers like a meter without OCMF/);
  assert.equal(rig.readings[0]?.energyImportWh, 5_000_000_000);
  assert.deepEqual(rig.bus.seen.filter((seen) => seen.startsWith("write")), []);
});

Deno.test("Meter with an unknown code is metered with the configured model", async () => {
  const rig = await unlisted({ model: "em300" }).online();
  await rig.time.advance(3000);
  await rig.stop();
  assert.deepEqual([rig.meter.identity?.family, rig.readings[0]?.energyExportWh, rig.faults], ["em300", 7008, []]);
  assert.ok(!rig.bus.seen.includes("read 24FF/1"));
});

Deno.test("Meter with any code except the nine of the EM300 series bills if it answers at the OCMF registers", async () => {
  for (const code of ["014A", "06D0", "0047", "FFFF"]) {
    const rig = new Rig("em580");
    rig.bus.setAlone(0x000b, code);
    await rig.online();
    await rig.stop();
    assert.deepEqual([rig.meter.identity?.family, rig.meter.identity?.billing.able], ["em580", true]);
  }
});

Deno.test("ModelUnknown is cleared when another meter answers", async () => {
  const rig = unlisted();
  rig.meter.start();
  await rig.time.advanceUntil(() => rig.faults.length > 0);
  rig.bus.setAlone(0x000b, "0155");
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  await rig.stop();
  assert.deepEqual(rig.meter.faults.active, []);
});

Deno.test("Meter with a known code that answers at the signature type, but not at the OCMF state, belongs to its series", async () => {
  const rig = new Rig("em340");
  rig.bus.setAlone(0x000b, "014A").set(0x24ff, "0002");
  await rig.online();
  await rig.stop();
  assert.deepEqual([rig.meter.identity?.family, rig.faults], ["em300", []]);
});
