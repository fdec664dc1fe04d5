import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startNatsServer } from "../support/nats_server.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Runs `watch` on a terminal of 80 columns, ends it by `end`, and prints its exit code and the terminal's settings. */
async function onTerminal(server: string, end: (pid: number, press: (keys: string) => Promise<void>) => Promise<void>) {
  const run = `echo "pid $$"; exec "${Deno.execPath()}" run --allow-all "${main}" watch --server ${server}`;
  const script = `stty rows 24 cols 80; bash -c '${run}'; echo "code $?"; stty -a`;
  await using child = new Deno.Command("script", {
    args: ["--quiet", "--flush", "--return", "--command", script, "/dev/null"],
    env: { SHELL: "/bin/bash", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const keys = child.stdin.getWriter();
  let out = "";
  let isAsked = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    if (isAsked || !out.includes("q quit")) continue;
    isAsked = true;
    await end(Number(/pid (\d+)/.exec(out)?.[1]), (pressed) => keys.write(new TextEncoder().encode(pressed)));
  }
  await keys.close().catch(() => {});
  return out;
}

Deno.test("watch fills a terminal, and restores it after q, SIGTERM and SIGHUP", async () => {
  await using server = await startNatsServer();
  const ends = [
    { code: 0, end: (_: number, press: (keys: string) => Promise<void>) => press("q") },
    { code: 130, end: (pid: number) => Promise.resolve(Deno.kill(pid, "SIGTERM")) },
    { code: 130, end: (pid: number) => Promise.resolve(Deno.kill(pid, "SIGHUP")) },
  ];
  for (const { code, end } of ends) {
    const out = await onTerminal(server.address, end);
    assert.match(out, new RegExp(`code ${code}\\b`), out);
    assert.match(out, / icanon /, out);
    assert.match(out, / echo /, out);
    assert.ok(out.includes("\x1b[?1049h") && out.lastIndexOf("\x1b[?1049l") > out.lastIndexOf("\x1b[H"), out);
    assert.ok(!out.includes("\x1b[0m") && !out.includes("\x1b[31m"), "no colours");
  }
});
