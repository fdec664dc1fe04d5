import assert from "node:assert/strict";
import { startRequest, until, World } from "./world.ts";

Deno.test("a meter that refuses the confirmation of its record is asked again after pauses", async () => {
  await using world = new World();
  const { desk, steps } = world.boot();
  await desk.start(startRequest("tx-1"));
  const confirmations = () => steps.calls.filter((call) => call === "confirmOcmfFile").length;
  steps.mishapAt = (_, step) => step === "confirmOcmfFile" && confirmations() <= 30 ? "refused" : undefined;
  const begunAtMs = world.time.mono();
  await desk.stop({ transaction_id: "tx-1" });
  await until(() => world.meter.state === "NOT_READY");
  assert.ok(world.time.mono() - begunAtMs > 60_000, `${world.time.mono() - begunAtMs} ms`);
});
