import assert from "node:assert/strict";
import { join } from "node:path";
import { startNatsServer } from "../support/nats_server.ts";
import { runCommand } from "../support/run_command.ts";

Deno.test("fleet site: an invalid option exits with 2, names the option and shows no password", async () => {
  await using server = await startNatsServer();
  const files = await Deno.makeTempDir({ prefix: "wattseal-sites-" });
  const run = (...args: string[]) => runCommand(["fleet", ...args, "--server", server.address]);
  const add = (site: string, ...args: string[]) =>
    run("site", "add", site, "--folder", files, "--leaf", "nats-leaf://127.0.0.1:7422", ...args);
  assert.equal((await run("setup", "--topology", "hub")).code, 0);
  // A hub without a site has nothing to read: this is not an error
  const { err: listed } = await run("list");
  assert.match(listed, /^No site has a status under wattseal/);
  assert.match((await run("audit")).out, /^0 sites: .*; hub: clean$/m);
  assert.doesNotMatch((await run("audit", "--site", "a")).out, /Cannot compare/);
  const file = join(files, "broken.lines");
  await Deno.writeTextFile(file, "unit 1 answers\n\nlines:\n  - name: x\n    serial_port: /dev/x\n    meters: []\n");
  const cases: readonly [RegExp, ...string[]][] = [
    [/^--leaf "\*\*\*@h:7422x" is not a leaf node address/, "--leaf", "nats-leaf://user:secret@h:7422x"],
    [/^--leaf "http:\/\/h" is not a leaf node address/, "--leaf", "nats-leaf://h,http://h"],
    [/^--edge-listen "4222" is not an address/, "--edge-listen", "4222"],
    [/^--edge-listen "h:99999" is not an address/, "--edge-listen", "h:99999"],
    [/\(--lines\) in \S+: there is no such file/, "--lines", join(files, "none")],
    [/\(--lines\) in \S+: it has no section "lines:"/, "--lines", "LICENSE"],
    [/\(--lines\) in \S+:\n\S+broken\.lines:6:13: lines\[0\]\.meters: found/, "--lines", file],
    [/--readings-meter .* cannot be used with option '--no-readings'/, "--readings-meter", "m", "--no-readings"],
    [/^Cannot read the signing keys from [^:]*keys\.json: there is no such file/, "--operator", join(files, "none")],
  ];
  for (const [message, ...args] of cases) {
    const { code, out, err } = await add("a", ...args);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
    assert.match(err, message);
    assert.doesNotMatch(err, /secret/);
  }
  const unnamed = await run("site", "add", "a", "--folder", files);
  assert.deepEqual([unnamed.code, /--leaf/.test(unnamed.err)], [2, true]);
  const same = await run("site", "rename", "a", "a");
  assert.deepEqual([same.code, same.err], [2, "Site a already has this name: give another one\n"]);
  await Deno.remove(files, { recursive: true });
});
