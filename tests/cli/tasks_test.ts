import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

async function run(script: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", path, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

for (
  const [task, script] of [["crash-run", "crash/random_run.ts"], ["soak", "soak/main.ts"], [
    "package",
    "../src/package/main.ts",
  ]] as const
) {
  Deno.test(`${task} prints its usage, and exits with 2 for an unknown option`, async () => {
    const help = await run(script, "--help");
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^Usage: deno task ${task} `));
    for (const args of [["--speed", "3"], ["many"], ["--seed"], ["--transactions=-1"], ["1", "2"]]) {
      const { code, out, err } = await run(script, ...args);
      assert.deepEqual([code, out], [2, ""], args.join(" "));
      assert.match(err, new RegExp(`\nUsage: deno task ${task} `));
    }
  });
}
