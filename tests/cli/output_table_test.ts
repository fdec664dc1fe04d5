import assert from "node:assert/strict";
import { join } from "node:path";
import { type CommandDescription, describeCommands } from "../../src/cli/command_tree.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { everyMeterRead, meterName, openSite } from "../support/site.ts";
import { type OutputCase, outputCases, runInCase } from "./output_cases.ts";
import { openPlace } from "./output_place.ts";
import { problemOf, type Row, runRows, type SeenRow } from "./output_rows.ts";
import { type Served, tableRows, unservedRows } from "./output_table_rows.ts";

/** Names of all commands that do something: `journal list`. */
function names({ name, commands }: CommandDescription, before: readonly string[] = []): string[] {
  const path = [...before, name];
  return commands.length === 0 ? [path.slice(1).join(" ")] : commands.flatMap((command) => names(command, path));
}

/** These run until a signal ends them, so they run only where their output ends them. `output_test.ts` has `watch`. */
const endless: readonly Row[] = [
  { command: "demo", args: ["--meters", "1"], code: 130, prints: /^/ },
  { command: "simulate", args: [], code: 130, prints: /^/ },
];

/** A command whose process does the same as the process of all commands. */
const alone = "schema";

/** A site with a meter for each case, whose service is the command `start` in this process. */
async function openServedSite(parts: AsyncDisposableStack) {
  const units = outputCases.map((_, index) => index + 1);
  const site = parts.use(await openSite({ meters: units.map((unit) => new SimulatedMeter({ unit })) }));
  const text = await Deno.readTextFile(site.config);
  // No meter is offline because this machine is busy
  await Deno.writeTextFile(site.config, text.replace("initial_timeout_ms: 200", "initial_timeout_ms: 5000"));
  const everyReading = everyMeterRead(site.client, units);
  const stop = new AbortController();
  const service = runCommand(["start", site.config], { interrupted: stop.signal });
  parts.defer(async () => {
    stop.abort();
    await service;
  });
  await everyReading;
  // States of meters that are not configured any more
  const jetstream = site.client.jetstream();
  for (const unit of units) {
    for (const what of ["gone", "left"]) {
      await jetstream.publish(`wattseal.test.${what}-${meterName(unit)}.public_key`, "{}");
    }
  }
  const operator = join(site.folder, "operator");
  await runCommand(["fleet", "operator", "create", "--folder", operator]);
  return { ...site, operator };
}

/** Runs all commands that end by themselves in one case. */
async function runCase(where: OutputCase, served: Served, operator: string): Promise<SeenRow[]> {
  await using place = await openPlace(operator);
  const lists = tableRows(place, served);
  const seen = (await Promise.all(lists.map((rows) => runRows(rows, where)))).flat();
  const inHost = seen.find(({ row }) => row.command === alone)?.seen;
  assert.deepEqual(await runInCase([alone], where), inHost, `${alone}, ${where}, in a process of its own`);
  return seen;
}

/** Runs the commands that do not end by themselves. */
function runEndless(): Promise<SeenRow[]> {
  const cases = (["closed reader", "full disk"] as const).flatMap((where) => endless.map((row) => ({ row, where })));
  return Promise.all(cases.map(async ({ row, where }) => {
    return { row, where, seen: await runInCase([row.command, ...row.args], where) };
  }));
}

Deno.test("every command is complete, or says that it is not, on terminals, in pipes and on a full disk", async () => {
  await using parts = new AsyncDisposableStack();
  const site = await openServedSite(parts);
  const servedIn = (where: OutputCase) => {
    const meter = meterName(outputCases.indexOf(where) + 1);
    return { config: site.config, server: site.server.address, meter };
  };
  const [endlessRows, ...cases] = await Promise.all([
    runEndless(),
    ...outputCases.map((where) => runCase(where, servedIn(where), site.operator)),
  ]);
  const printed = cases[outputCases.indexOf("pipe")] ?? [];
  const printsAtOnce = { code: 0, out: "anything", err: "" };
  const problems = [
    ...cases.flatMap((seen) => seen.map((row, index) => problemOf(row, printed[index]?.seen ?? printsAtOnce))),
    ...endlessRows.map((row) => problemOf(row, printsAtOnce)),
  ];

  await site.server.stop();
  await using place = await openPlace(site.operator);
  const unserved = await runRows(unservedRows(place, servedIn("pipe")), "pipe");
  problems.push(...unserved.map((row) => problemOf(row, row.seen)?.replace(", pipe:", ", without NATS:")));
  assert.deepEqual(problems.filter((problem) => problem !== undefined), []);

  const seenCommands = new Set([...printed, ...endlessRows].map(({ row }) => row.command));
  assert.deepEqual(names(describeCommands()).filter((name) => !seenCommands.has(name)), [], "each command has a row");
});
