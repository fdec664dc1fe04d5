import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

/** A meter on a line with statistics, on which every `nth` exchange fails while `noisy`. */
async function noisyRig(nth: number, kind: "timeout" | "crc") {
  const rig = new Rig("em580");
  const counts = { exchanges: 0, timeout: 0, crc: 0, noisy: true };
  rig.bus.timeoutMs = 50;
  rig.bus.unitStats = () => ({
    exchanges: counts.exchanges,
    errors: counts.timeout + counts.crc,
    errorsByKind: { timeout: counts.timeout, crc: counts.crc, unexpected_answer: 0, exception: 0 },
  });
  rig.bus.script = () => {
    if (++counts.exchanges % nth !== 0 || !counts.noisy) return "answer";
    counts[kind]++;
    return kind;
  };
  await rig.online();
  return { rig, counts };
}

const told = (rig: Rig) => rig.faults.map(({ subType, active }) => `${active ? "raised" : "cleared"} ${subType}`);

Deno.test("Meter reports a noisy line while it can still be read, and reports when it is no longer noisy", async () => {
  for (const kind of ["timeout", "crc"] as const) {
    const { rig, counts } = await noisyRig(10, kind);
    await rig.time.advance(30_000);
    assert.deepEqual(told(rig), ["raised LineNoisy"]);
    assert.equal(rig.meter.state, "online");
    const words = kind === "crc" ? /\(0 none, \d+ damaged or unexpected\)/ : /\(\d+ none, 0 damaged or unexpected\)/;
    assert.match(rig.faults[0]?.message ?? "", words);
    assert.match(rig.faults[0]?.message ?? "", /^\d+ of the last \d+ exchanges with meter evse-1 /);
    assert.ok(rig.logged.some((line) => /^warn \d+ of the last/.test(line)), "the log says so, too");
    counts.noisy = false;
    await rig.time.advance(80_000);
    assert.deepEqual(told(rig), ["raised LineNoisy", "cleared LineNoisy"]);
    assert.ok(rig.logged.some((line) => line.startsWith("info The line is no longer noisy")));
    await rig.stop();
  }
});

Deno.test("Meter does not report noise after rare errors or a few exchanges", async () => {
  const { rig } = await noisyRig(40, "crc");
  await rig.time.advance(300_000);
  assert.deepEqual(told(rig), []);
  await rig.stop();
  const early = await noisyRig(5, "crc");
  await early.rig.time.advance(3000);
  assert.deepEqual(told(early.rig), []);
  await early.rig.stop();
});
