import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { MeterRow } from "../../src/view/mod.ts";
import { EventReader } from "../support/event_reader.ts";
import { freeAddress } from "../support/own_address.ts";
import { RealTerminal } from "../support/real_terminal.ts";
import { CommandProcess } from "../support/start_process.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

async function showsTransaction(): Promise<void> {
  const address = freeAddress();
  await using demo = new CommandProcess(["demo", "--once", "--meters", "2", "--web", address]);
  assert.equal(await demo.line("Page "), `Page             http://${address}/`);
  await using events = new EventReader(await fetch(`http://${address}/api/fleet`));
  await events.next("snapshot");
  const isRunning = (row: MeterRow) => row.transaction?.state === "running" && row.powerW !== undefined;
  while (!(await events.next("change")).data.meters?.some(isRunning));
  const { code, out, err } = await demo.ended();
  assert.equal(code, 0, out + err);
  assert.equal(out.match(/^PASSED: /gm)?.length, 4, out);
  assert.doesNotMatch(out, /FAILED/);
}

async function redrawsInPlace(): Promise<void> {
  const script = `"${Deno.execPath()}" run --allow-all "${main}" demo --meters 3; echo "code $?"; pause`;
  await using terminal = await RealTerminal.run(script, { columns: 80, rows: 24 });
  const before = await terminal.modes();
  const shown = () => [...terminal.screen.scrolled, ...terminal.screen.lines];
  const titles = () => shown().filter((line) => /^(site +)?meter +state /.test(line));
  await terminal.until(({ text }) => /^-> \S+\.transaction\.start /m.test(text) && /^evse-1 .* running /m.test(text));
  // One that stays above the transaction, and one that is redrawn
  assert.ok(titles().length <= 2, shown().join("\n"));
  assert.match(titles()[0] ?? "", /^meter +state +age +W total +transaction +faults$/);

  await terminal.resize(160, 24);
  await terminal.until(({ text }) => /^site +meter +state .* Wh import +transaction/m.test(text));
  assert.ok(titles().length <= 3, shown().join("\n"));
  // It reaches all processes of the terminal
  await terminal.press("\x03");
  await terminal.until(({ text }) => /code \d+$/m.test(text));
  assert.match(terminal.screen.text, /code 130$/m);
  assert.equal((await terminal.modes()).all, before.all);
  const server = /127\.0\.0\.1:(\d+)/.exec(shown().join("\n"))?.[1];
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: Number(server) }), Deno.errors.ConnectionRefused);
}

async function endsWithItsTerminal(): Promise<void> {
  await using demo = new CommandProcess(["demo", "--meters", "1"]);
  const server = /127\.0\.0\.1:(\d+)/.exec(await demo.line("NATS server") ?? "")?.[1];
  demo.signal("SIGHUP");
  assert.equal((await demo.ended()).code, 130);
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: Number(server) }), Deno.errors.ConnectionRefused);
}

Deno.test({
  name: "demo",
  async fn(t) {
    const step = (name: string, fn: () => Promise<void>) =>
      t.step({ name, fn, sanitizeOps: false, sanitizeResources: false, sanitizeExit: false });
    // At the same time: each of them mostly waits
    await Promise.all([
      step("--once shows one verified transaction, also on the page, and exits with 0", showsTransaction),
      step(
        "on a terminal redraws its table in place at 80 and 160 columns, and ends with its processes",
        redrawsInPlace,
      ),
      step("ends with its child processes when its terminal is closed", endsWithItsTerminal),
    ]);
  },
  sanitizeOps: false,
  sanitizeResources: false,
});
