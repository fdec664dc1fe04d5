/**
 * Opens and closes the kind in its argument repeatedly, and prints the number of open descriptors before and after.
 *
 * @module
 */
import { denoBinding, openPseudoTerminal, serveSerialPort } from "../../bridge/mod.ts";
import { Line } from "../../src/line/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const rounds = 15;

async function serialPort(hangUpFirst: boolean): Promise<void> {
  const terminal = openPseudoTerminal();
  const port = await denoBinding.open({ path: terminal.path, baudRate: 9600 });
  const pending = port.read(new Uint8Array(1)).catch(() => 0);
  if (hangUpFirst) await terminal.close();
  await port.close();
  await terminal.close();
  await pending;
}

const cycles: Readonly<Record<string, () => Promise<void>>> = {
  "a pseudo-terminal": () => openPseudoTerminal().close(),
  "a serial port": () => serialPort(false),
  "a serial port that hung up": () => serialPort(true),
  async "a line"() {
    await using far = new ScriptedLine(() => "0104020144b893");
    const line = new Line(far.options({ initialTimeoutMs: 30_000 }));
    await line.start();
    await line.read(1, 0x0b, 1, { priority: "live" });
    await line.close();
  },
  async "a server"() {
    await using far = new ScriptedLine(() => undefined);
    const serial = { path: far.path, baudrate: 9600, parity: "none", stopBits: 1, rtscts: false } as const;
    const listen = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
    await (await serveSerialPort({ serial, listen }, { log: silentLog })).close();
  },
};

const cycle = cycles[Deno.args[0] ?? ""];
if (cycle === undefined) throw new TypeError(`Cannot cycle ${Deno.args[0]}`);
await cycle();
const before = openDescriptors();
for (let round = 0; round < rounds; round++) await cycle();
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ before, after: openDescriptors(), rounds })));

function openDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}
