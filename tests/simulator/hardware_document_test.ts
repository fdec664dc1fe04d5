import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../support/run_command.ts";
import { hasShownLines } from "../support/shown_output.ts";

const document = await Deno.readTextFile(new URL("../../docs/hardware.md", import.meta.url));
const faults = document.split("\n## Wiring faults\n")[1]?.split("\n## ")[0] ?? "";
const [, simulation = ""] = /`deno task (simulate [^`]*?)\s*--wiring \w+`/.exec(faults) ?? [];

interface ShownCommand {
  readonly command: string;
  readonly output: readonly string[];
}

/** The commands of each wiring fault, with the lines of output below them. */
const shown = new Map(
  [...faults.matchAll(/\n`--wiring (\w+)`.*?\n```\n(.*?)```/gs)].map(([, fault = "", block = ""]) => [
    fault,
    block.split(/^\$ deno task /m).slice(1).map((part): ShownCommand => {
      const [command = "", ...output] = part.trimEnd().split("\n");
      return { command, output };
    }),
  ]),
);

/** On a machine that is too busy, an answer can be late, so that the simulated damage is in other answers. */
const maxRuns = 4;
/** Late answers are rare with a longer timeout, and on a wire that needs no time. */
const [timeoutMs, fastestBaudrate] = [1000, 921_600];

/** A line without what differs from run to run: times, values, the bytes of answers, and the blanks that align them. */
function lasting(line: string): string {
  const [, sent] = /^ *[\d.]+ (> .*)/.exec(line) ?? [];
  const [, received] = /^ *[\d.]+ < (.*)/.exec(line) ?? [];
  const [, address, rest] = /^([0-9A-F]{4}h)((?: +[0-9A-F]{4})* .*)/.exec(line) ?? [];
  if (sent !== undefined) return sent;
  if (received !== undefined) return `< ${received.replace(/[0-9A-F]{2}/g, "..")}`;
  if (rest === undefined) return line.replace(/within \d+ ms/, "within 0 ms").replace(/\s+/g, " ").trim();
  return `${address} ${rest.replace(/ [0-9A-F]{4}\b/g, " ....").replace(/\b\d+(\.\d+)?\b/g, "0").replace(/\s+/g, " ")}`;
}

const configuration = (serialPort: string) => `
site: s
lines:
  - name: rs485-1
    serial_port: ${serialPort}
    initial_timeout_ms: ${timeoutMs}
    within_message_timeout_ms: 150
    meters: [{ name: evse-1, powermeter_device_id: 1 }]
`;

/** Runs the commands on a simulated line with a wiring fault. @returns the first wrong output; undefined: none */
async function wrongOutput(fault: string, commands: readonly ShownCommand[]): Promise<string | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-hardware-" });
  const stop = new AbortController();
  const [link, config] = [join(folder, "line"), join(folder, "site.yaml")];
  const ready = Promise.withResolvers<void>();
  const wire = ["--wiring", fault, "--baudrate", `${fastestBaudrate}`, "--link", link];
  const simulated = runCommand([...simulation.split(/\s+/), ...wire], {
    interrupted: stop.signal,
    onOut: ready.resolve,
  });
  try {
    await Promise.race([ready.promise, simulated.then(({ err }) => Promise.reject(new Error(err)))]);
    await Deno.writeTextFile(config, configuration(link));
    for (const { command, output } of commands) {
      const here = (text: string) => text.replaceAll("/dev/ttyUSB0", link).replaceAll("site.yaml", config);
      const patient = command.startsWith("scan ") ? ["--timeout", `${timeoutMs}`] : [];
      const { out, err } = await runCommand([...here(command).split(" "), ...patient]);
      const expected = output.filter((line) => line !== "").map(here);
      const all = `${out}\n${err}`.replace(/\n{2,}/g, "\n");
      if (!hasShownLines(all, expected, lasting)) {
        return `${command} prints:\n${all}\ninstead of:\n${expected.join("\n")}`;
      }
    }
    return undefined;
  } finally {
    stop.abort();
    await simulated;
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the commands of docs/hardware.md print what it shows for each wiring fault", async () => {
  assert.deepEqual([...shown].map(([fault, { length }]) => [fault, length]), [
    ["swapped", 2],
    ["doubled", 2],
    ["unterminated", 2],
  ]);
  await Promise.all([...shown].map(async ([fault, commands]) => {
    let wrong: string | undefined = "";
    for (let run = 1; run <= maxRuns && wrong !== undefined; run++) wrong = await wrongOutput(fault, commands);
    assert.equal(wrong, undefined, String(wrong));
  }));
});
