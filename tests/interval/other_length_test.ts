import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { Setup } from "./setup.ts";

Deno.test("another length of the intervals begins at its next boundary", async () => {
  using setup = new Setup();
  setup.read(setup.recorder());
  setup.kill();
  const recorder = setup.recorder(5);
  for (let minute = 0; minute <= 11; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  assert.deepEqual(setup.waiting, ["evse-1 0-5: 50 measured", "evse-1 5-10: 50 measured"]);
});
