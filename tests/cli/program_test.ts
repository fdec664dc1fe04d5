import assert from "node:assert/strict";
import { version } from "../../src/base/version.ts";
import { runCommand } from "../support/run_command.ts";

Deno.test("the program prints its semantic version", async () => {
  assert.match(version, /^\d+\.\d+\.\d+/);
  assert.deepEqual(await runCommand(["--version"]), { code: 0, out: `${version}\n`, err: "" });
});
