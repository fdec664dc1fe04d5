import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

Deno.test("Meter that could not bill checks again, and bills after its signature type was set", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x24ff, "0002");
  await rig.online();
  assert.equal(rig.meter.identity?.billing.able, false);
  rig.bus.set(0x24ff, "0000");
  await rig.time.advanceUntil(() => rig.meter.identity?.billing.able === true, 70_000);
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  await rig.stop();
  assert.deepEqual(rig.course, [
    "connecting",
    "raised BillingUnavailable",
    "identified",
    "online",
    "connecting",
    "cleared BillingUnavailable",
    "identified",
    "online",
    "stopped",
  ]);
});

Deno.test("Meter recovers in seconds from a temporary refusal of a key register", async () => {
  const rig = new Rig("em580");
  let refusals = 0;
  rig.bus.script = ({ address }) => address === 0x24ff && refusals++ < 2 ? { exception: 4 } : "answer";
  await rig.online();
  assert.equal(rig.meter.identity?.billing.able, false);
  await rig.time.advanceUntil(() => rig.meter.identity?.billing.able === true, 3000);
  await rig.stop();
});

Deno.test("Meter that does not answer only at its OCMF registers is metered, with its code in the fault", async () => {
  const rig = new Rig("em580", { initialConnectionRetryCount: 2 });
  rig.bus.setAlone(0x000b, "168");
  rig.bus.script = ({ address }) => address >= 0x2400 && address < 0x5000 ? "timeout" : "answer";
  await rig.online();
  await rig.time.advanceUntil(() => rig.readings.length > 0);
  await rig.stop();
  assert.match(rig.faults[0]?.message ?? "", /code 360 answers like a meter without OCMF/);
});
