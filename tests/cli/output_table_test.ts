import assert from "node:assert/strict";
import { join } from "node:path";
import { type CommandDescription, describeCommands } from "../../src/cli/command_tree.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { TempFolder } from "../journal/temp_folder.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { filled } from "./filled_journal.ts";
import { outputCases } from "./output_cases.ts";
import { checkRow, type Row, runRow } from "./output_rows.ts";

/** Names of all commands that do something: `journal list`. */
function names({ name, commands }: CommandDescription, before: readonly string[] = []): string[] {
  const path = [...before, name];
  return commands.length === 0 ? [path.slice(1).join(" ")] : commands.flatMap((command) => names(command, path));
}

/** Only these run until a signal ends them, so they run only where their output ends them. */
const untilEnded = ["closed reader", "full disk"] as const;

/** How many rows run at the same time. */
const parallel = 4;

Deno.test("every command is complete, or says that it is not, on terminals, in pipes and on a full disk", async () => {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startNatsServer());
  const line = parts.use(SimulatedLine.open([new SimulatedMeter({ unit: 1 })], { paced: false }));
  const folder = parts.use(new TempFolder());
  const [stateOption = "", state = ""] = filled(folder);
  const config = join(state, "site.yaml");
  await Deno.writeTextFile(
    config,
    `site: test
nats: { servers: ["${server.address}"] }
clock: { require_sync: false }
lines:
  - name: rs485-1
    serial_port: ${line.path}
    baudrate: 115200
    meters:
      - { name: evse-1, powermeter_device_id: 1 }
`,
  );
  const everest = join(state, "everest.yaml");
  await Deno.writeTextFile(everest, "active_modules: {}\n");
  const records = join(state, "records.jsonl");
  const at = ["--server", server.address];
  const nobody = ["--server", "127.0.0.1:1"];
  const journal = [stateOption, state];
  const meter = ["--site", "test", "--meter", "evse-1"];
  const port = ["--serial-port", line.path ?? ""];
  /** A wide terminal changes only tables. */
  const usual = outputCases.filter((name) => name !== "160 columns");

  /** One after the other: they use the same line, or the file of the row before. */
  const onLine: Row[] = [
    { command: "read", args: ["--config", config], code: 0, cases: usual },
    {
      command: "scan",
      args: [...port, "--baudrate", "115200", "--units", "1", "--parity", "none"],
      code: 0,
      cases: usual,
    },
    { command: "field-test", args: [...port, "--unit", "1", "--help"], code: 0, cases: usual },
    { command: "journal fetch", args: ["--config", config, "--meter", "evse-1", "--help"], code: 0, cases: usual },
  ];
  const others: Row[] = [
    { command: "demo", args: ["--meters", "1"], code: 130, cases: untilEnded },
    { command: "start", args: ["--help"], code: 0, cases: usual },
    { command: "doctor", args: [config], code: 1, cases: usual },
    { command: "health", args: journal, code: 1, cases: usual },
    { command: "reload", args: journal, code: 3, cases: usual },
    { command: "log-level", args: journal, code: 3, cases: usual },
    { command: "acknowledge", args: ["evse-9", "MeterExchanged", ...journal], code: 3, cases: usual },
    { command: "forget", args: ["evse-9", "--site", "test", ...at], code: 1, cases: usual },
    { command: "check-config", args: [config], code: 0, cases: usual },
    { command: "schema", args: [], code: 0, cases: usual },
    { command: "import-everest", args: [everest], code: 2, cases: usual },
    { command: "verify", args: [records], code: 1, cases: outputCases, fits: true },
    { command: "journal list", args: journal, code: 0, cases: outputCases, fits: true },
    { command: "journal show", args: [...journal, "tx-2"], code: 0, cases: usual },
    { command: "journal export", args: journal, code: 0, cases: usual },
    { command: "journal backup", args: [...journal, "NEW"], code: 0, cases: usual },
    { command: "journal restore", args: ["--state-dir", "NEW", "NEW.missing"], code: 2, cases: usual },
    { command: "journal redeliver", args: ["--config", config, "--help"], code: 0, cases: usual },
    {
      command: "bridge",
      args: ["--serial-port", "/dev/missing", "--baudrate", "9600", "--listen", "unix:NEW"],
      code: 3,
      cases: usual,
    },
    { command: "simulate", args: [], code: 130, cases: untilEnded },
    { command: "watch", args: at, code: 130, cases: untilEnded },
    { command: "watch", args: nobody, code: 3, cases: ["pipe"], isWithoutNats: true },
    { command: "tx start", args: [...meter, "--evse", "E1", ...at], code: 1, cases: usual },
    { command: "tx stop", args: [...meter, "--id", "tx-9", ...at], code: 1, cases: usual },
    { command: "tx status", args: [...meter, ...at], code: 1, cases: usual },
    { command: "tx status", args: [...meter, ...nobody], code: 3, cases: ["pipe"], isWithoutNats: true },
    { command: "fleet audit", args: at, code: 1, cases: usual },
    { command: "fleet list", args: at, code: 1, cases: usual },
    { command: "fleet list", args: nobody, code: 3, cases: ["pipe"], isWithoutNats: true },
    { command: "fleet audit", args: nobody, code: 3, cases: ["pipe"], isWithoutNats: true },
    { command: "fleet setup", args: nobody, code: 3, cases: ["pipe"], isWithoutNats: true },
    {
      command: "fleet setup",
      args: [...at, "--topology", "hub", "--readings", "last", "--dry-run"],
      code: 0,
      cases: usual,
    },
    { command: "fleet operator create", args: ["--folder", "NEW"], code: 0, cases: usual },
    { command: "fleet operator credentials", args: ["display-1", "--role", "viewer", "--help"], code: 0, cases: usual },
    { command: "fleet operator renew", args: ["--help"], code: 0, cases: usual },
    { command: "fleet site add", args: ["berlin-01", "--help"], code: 0, cases: usual },
    { command: "fleet site rename", args: ["--help"], code: 0, cases: usual },
    { command: "fleet site remove", args: ["test", ...at, "--help"], code: 0, cases: usual },
  ];
  const named = new Set([...onLine, ...others].map(({ command }) => command));
  assert.deepEqual(names(describeCommands()).filter((name) => !named.has(name)), [], "each command has a row");

  const { out } = await runRow({ command: "journal export", args: journal, code: 0, cases: [] }, "pipe", state);
  await Deno.writeTextFile(records, out);
  const problems: string[] = [];
  const runAll = async (rows: Iterator<Row>) => {
    for (let next = rows.next(); next.done !== true; next = rows.next()) {
      problems.push(...await checkRow(next.value, state));
    }
  };
  const shared = others.values();
  await Promise.all([runAll(onLine.values()), ...Array.from({ length: parallel - 1 }, () => runAll(shared))]);
  assert.deepEqual(problems, []);
});
