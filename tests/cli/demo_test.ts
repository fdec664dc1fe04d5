import assert from "node:assert/strict";
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
