import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

Deno.test("Meter logs a fault once with its severity, and once when it is cleared", async () => {
  const rig = await new Rig("em580").online();
  rig.logged.length = 0;
  for (let time = 0; time < 3; time++) rig.meter.faults.raise("MeterExchanged", "Meter A was replaced by B");
  rig.meter.faults.raise("OcmfCorrupted", "The meter reports READY, but its OCMF file is empty");
  rig.meter.faults.clear("MeterExchanged");
  assert.deepEqual(rig.logged, [
    "warn Meter A was replaced by B",
    "error The meter reports READY, but its OCMF file is empty",
    "info Fault cleared: Meter A was replaced by B",
  ]);
  await rig.stop();
});

Deno.test("Meter logs a fault that is raised and cleared repeatedly at most a few times an hour", async () => {
  const rig = await new Rig("em580").online();
  rig.logged.length = 0;
  for (let time = 0; time < 1000; time++) {
    rig.meter.faults.raise("DeviceStateError", "voltage V1N over maximum range");
    rig.meter.faults.clear("DeviceStateError");
  }
  assert.ok(rig.logged.filter((line) => line.startsWith("warn")).length <= 6);
  await rig.stop();
});
