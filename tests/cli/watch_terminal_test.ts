import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "nats";
import { startNatsServer } from "../support/nats_server.ts";
import { RealTerminal } from "../support/real_terminal.ts";
import type { TerminalScreen } from "../support/terminal_screen.ts";
import { reading, status } from "./fleet_messages.ts";
import { hasColour } from "./output_rows.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const meters = 30;

/** A server with meters, of which the last one is offline. */
async function openFleet() {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startNatsServer({ jetstream: false }));
  const client = await connect({ servers: server.address, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  parts.defer(() => client.close());
  const send = () => {
    for (let meter = 1; meter <= meters; meter++) {
      const state = meter === meters ? "offline" : "online";
      client.publish(`wattseal.berlin.evse-${meter}.status`, JSON.stringify(status(state)));
      client.publish(`wattseal.berlin.evse-${meter}.reading`, JSON.stringify(reading));
    }
  };
  const timer = setInterval(send, 400);
  parts.defer(() => clearInterval(timer));
  const held = parts.move();
  return { server, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** A table without a banner that fills so many rows, with the problem in its first row. */
const isTable = (rows: number) => ({ isAlternate, hasCursor, lines }: TerminalScreen) =>
  isAlternate && !hasCursor && lines.length === rows &&
  / evse-30 +offline +\d[\d.]* s +6900\.3 .* running 0d3f6f5e$/.test(` ${lines[2]}`) &&
  /^q quit {2}s sort/.test(lines[rows - 1] ?? "");
const isShell = (text: string) => ({ isAlternate, hasCursor, wraps, lines }: TerminalScreen) =>
  !isAlternate && hasCursor && wraps && lines.includes(text);

Deno.test("watch on a terminal follows its size, the connection, keys and Ctrl-Z, and gives it back", async (t) => {
  await using fleet = await openFleet();
  const script = `set -m; echo before
    deno task --quiet watch --server ${fleet.server.address}; echo "stopped"; pause; fg; echo "code $?"; pause`;
  await using terminal = await RealTerminal.run(script, { columns: 80, rows: 24 });
  await terminal.until((screen) => screen.text === "before\n");
  const before = await terminal.modes();
  const runs = async () => {
    await terminal.until(isTable(24));
    const { words } = await terminal.modes();
    assert.deepEqual(["-icanon", "-echo", "isig"].filter((mode) => !words.has(mode)), []);
  };
  // Without an earlier step, each later one would wait in vain
  const step = async (name: string, work: () => Promise<void>) => assert.ok(await t.step(name, work), name);

  await step("the table fills 80 columns, and keeps the transaction", async () => {
    await runs();
    assert.deepEqual(terminal.screen.scrolled, []);
  });
  await step("another size takes effect", async () => {
    await terminal.resize(160, 12);
    await terminal.until((screen) => isTable(12)(screen) && screen.text.includes("Wh import"));
    // A serial console does not know its size
    await terminal.resize(0, 0);
    await runs();
    await terminal.resize(80, 24);
  });
  await step("while NATS is not reachable, there is a banner, and ages are unknown", async () => {
    await fleet.server.stop();
    await terminal.until(({ text }) =>
      /^NATS IS NOT REACHABLE since \S+Z: values are old, reconnecting$/m.test(text) &&
      /^evse-30 +offline +unknown +6900\.3 /m.test(text) &&
      text.includes("  power unknown  ")
    );
    await fleet.server.restart();
    await runs();
  });
  await step("Ctrl-Z gives the terminal to the shell, and fg takes it again", async () => {
    await terminal.press("\x1a");
    await terminal.until(isShell("stopped"));
    assert.equal((await terminal.modes()).all, before.all);
    assert.equal(terminal.screen.lines[0], "before");
    await terminal.proceed();
    await runs();
  });
  await step("keys show the next page, filter and quit", async () => {
    await terminal.press("n\x1b[6~");
    await terminal.until(({ text }) => /^meters 13 to 30 of 30: n next page, p previous page$/m.test(text));
    await terminal.press("f-2\n");
    await terminal.until(({ text }) => /^11 of 30 meters/m.test(text));
    await terminal.press("q");
    await terminal.until(isShell("code 0"));
    assert.equal((await terminal.modes()).all, before.all);
    assert.equal(terminal.screen.lines[0], "before");
    assert.ok(!hasColour(terminal.received));
  });
});

Deno.test("watch gives the terminal back after a signal and after an error", async () => {
  await using fleet = await openFleet();
  const folder = await Deno.makeTempDir();
  const fault = join(folder, "fault.ts");
  await Deno.writeTextFile(fault, 'Deno.addSignalListener("SIGUSR1", () => { throw new Error("a fault"); });\n');
  // Without job control there is no shell that could continue the command
  const watch =
    `"${Deno.execPath()}" run --allow-all --preload ${fault} "${main}" watch --server ${fleet.server.address}`;
  const script = `for run in 1 2 3 4; do
      bash -c 'echo "pid $$ of $0" >&3; exec ${watch}' $run 3>&1
      echo "code of $run: $?"; pause
    done`;
  await using terminal = await RealTerminal.run(script, { columns: 80, rows: 24 });
  const before = await terminal.modes();
  const kill = (signal: Deno.Signal) => (pid: number) => Deno.kill(pid, signal);
  const ends = [
    { code: 130, end: kill("SIGTERM") },
    { code: 130, end: kill("SIGHUP") },
    { code: 130, end: () => terminal.press("\x1c") },
    { code: 1, end: kill("SIGUSR1") },
  ];
  for (const [index, { code, end }] of ends.entries()) {
    const run = index + 1;
    await terminal.until(isTable(24));
    if (run === 1) {
      await terminal.press("\x1as");
      await terminal.until(({ text }) => text.includes("s sort: name"));
    }
    await end(Number(new RegExp(`pid (\\d+) of ${run}\\b`).exec(terminal.received)?.[1]));
    await terminal.until(isShell(`code of ${run}: ${code}`));
    assert.equal((await terminal.modes()).all, before.all, `run ${run}`);
    await terminal.proceed();
  }
  assert.match(terminal.screen.text, /^error: Uncaught .*a fault$/m);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("watch --once prints all meters at 80 columns, and reports a full disk and a closed reader", async () => {
  await using fleet = await openFleet();
  const once = `"${Deno.execPath()}" run --allow-all "${main}" watch --once --server ${fleet.server.address}`;
  const script = `${once}; echo "terminal: $?"
    ${once} >/dev/full; echo "full disk: $?"
    ${once} | true; echo "closed reader: \${PIPESTATUS[0]}"; pause`;
  await using terminal = await RealTerminal.run(script, { columns: 80, rows: 50 });
  await terminal.until(({ text }) => text.includes("closed reader:"));
  const { text, lines } = terminal.screen;
  assert.equal(lines.filter((line) => /^evse-\d+ +(on|off)line .* running 0d3f6f5e$/.test(line)).length, meters, text);
  assert.match(text, /^terminal: 0\nCannot write to standard output: .*\nfull disk: 1\nclosed reader: 1$/m);
  assert.ok(!hasColour(terminal.received));
});
