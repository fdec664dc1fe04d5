import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

Deno.test("Meter returns no reading while any part of its live values has no answer", async () => {
  for (const [kind, silent] of [["em580", 0x0000], ["em340", 0x0000], ["em340", 0x0032]] as const) {
    for (const answer of ["timeout", "crc", { exception: 4 }] as const) {
      const rig = await new Rig(kind).online();
      await rig.time.advanceUntil(() => rig.readings.length === 2);
      rig.bus.script = ({ address }) => address === silent ? answer : "answer";
      await rig.time.advance(60_000);
      assert.equal(rig.readings.length, 2, `${kind}, ${silent}`);
      rig.bus.script = () => "answer";
      rig.bus.set(0x0000, "0901 0000");
      const beforeMs = rig.time.now();
      await rig.time.advanceUntil(() => rig.readings.length === 3);
      const [, , next] = rig.readings;
      assert.equal(next?.voltageV?.L1, 230.5);
      assert.ok((next?.takenAtMs ?? 0) >= beforeMs);
      await rig.stop();
    }
  }
});
