import assert from "node:assert/strict";
import { endpointOf, freeAddress } from "../support/own_address.ts";
import { runCommand } from "../support/run_command.ts";
import { CommandProcess } from "../support/start_process.ts";

Deno.test("demo --once shows one verified transaction and exits with 0", async () => {
  await using demo = new CommandProcess(["demo", "--once", "--meters", "2"]);
  const { code, out, err } = await demo.ended();
  assert.equal(code, 0, out + err);
  assert.equal(out.match(/^PASSED: /gm)?.length, 4, out);
  assert.doesNotMatch(out, /FAILED/);
});

Deno.test("demo and its child processes end on SIGINT", async () => {
  await using demo = new CommandProcess(["demo", "--meters", "1"]);
  const server = /127\.0\.0\.1:(\d+)/.exec(await demo.line("NATS server") ?? "")?.[1];
  demo.signal("SIGINT");
  assert.equal((await demo.ended()).code, 130);
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: Number(server) }), Deno.errors.ConnectionRefused);
});

Deno.test("demo --metrics fails at once for an address that it cannot use", async () => {
  const used = freeAddress();
  using _other = Deno.listen(endpointOf(used));
  const { code, out } = await runCommand(["demo", "--metrics", used]);
  assert.equal(code, 1);
  assert.ok(out.includes(`cannot provide metrics on ${used} (`), out);
  assert.match(out, /choose another address with --metrics HOST:PORT/);
  assert.match(
    (await runCommand(["demo", "--metrics", "9464"])).out,
    /--metrics 9464: the address has to be HOST:PORT/,
  );
});
