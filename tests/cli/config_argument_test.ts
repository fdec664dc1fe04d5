import assert from "node:assert/strict";
import { runCommand } from "../support/run_command.ts";

for (const command of ["start", "read", "check-config"]) {
  Deno.test(`${command} FILE works like ${command} --config FILE`, async () => {
    for (const args of [["none.yaml"], ["--config", "none.yaml"], ["none.yaml", "--config", "none.yaml"]]) {
      const { code, err } = await runCommand([command, ...args]);
      assert.equal(code, 2);
      assert.match(err, /^Cannot read the configuration none\.yaml: /);
    }
  });

  Deno.test(`${command} refuses two different configuration files`, async () => {
    const { code, err } = await runCommand([command, "one.yaml", "--config", "two.yaml"]);
    assert.equal(code, 2);
    assert.match(err, /^error: two configuration files: one\.yaml and --config two\.yaml; give one\n/);
  });
}
