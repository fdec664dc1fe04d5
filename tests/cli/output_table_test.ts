import assert from "node:assert/strict";
import { join } from "node:path";
import { type CommandDescription, describeCommands } from "../../src/cli/command_tree.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { everyMeterRead, meterName, openSite } from "../support/site.ts";
import { isLost, type OutputCase, outputCases, runInCase, type Seen } from "./output_cases.ts";
import { openPlace, type Place } from "./output_place.ts";
import { problemOf, type Row, runRows, type SeenRow } from "./output_rows.ts";
import { fileRows, lineRows, natsRows, type Served, serviceRows, unservedRows } from "./output_table_rows.ts";

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

/** A command whose process does the same as the process of all commands; `output_test.ts` has further cases. */
const alone: Row = { command: "schema", args: [], code: 0, prints: /^}$/m };

/** How many processes run at the same time. */
const processes = 9;

/** A site with a meter for each case, whose service is the command `start` in this process. */
async function openServedSite(parts: AsyncDisposableStack) {
  const units = outputCases.map((_, index) => index + 1);
  const site = parts.use(
    await openSite({
      meters: units.map((unit) => new SimulatedMeter({ unit })),
      // The table needs no signed readings: they would take time of the processor
      meterKeys: "publish_signed_values: never",
    }),
  );
  const text = await Deno.readTextFile(site.config);
  // No meter is offline because this machine is busy
  await Deno.writeTextFile(
    site.config,
    text.replace("initial_timeout_ms:", "within_message_timeout_ms: 1000\n    initial_timeout_ms:"),
  );
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

/** The results of jobs, of which only some run at the same time. */
async function inTurns<T>(jobs: readonly (() => Promise<T>)[], atOnce: number): Promise<T[]> {
  const results: T[] = [];
  const waiting = jobs.entries();
  const work = async () => {
    for (const [place, job] of waiting) results[place] = await job();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** What is wrong with what lists of rows printed in all cases: one list for each case. */
function problemsOf(seen: readonly (readonly SeenRow[])[]): (string | undefined)[] {
  const inPipe = seen.find(([row]) => row?.where === "pipe");
  return seen.flatMap((rows) => rows.map((row, index) => problemOf(row, inPipe?.[index]?.seen ?? printsAtOnce)));
}

const printsAtOnce: Seen = { code: 0, out: "something", err: "" };

Deno.test("every command is complete, or says that it is not, on terminals, in pipes and on a full disk", async () => {
  await using parts = new AsyncDisposableStack();
  const site = await openServedSite(parts);
  const places = await Promise.all(outputCases.map(async (where, index) => {
    const place = parts.use(await openPlace(site.operator));
    const served = { config: site.config, server: site.server.address, meter: meterName(index + 1) };
    return { where, place, served };
  }));
  const shown = (list: (place: Place, served: Served) => Row[]) =>
    places.map(({ where, place, served }) => () => runRows(list(place, served), where));
  const inOwnProcess = (row: Row, where: OutputCase) => async (): Promise<SeenRow[]> => [
    { row, where, seen: await runInCase([row.command, ...row.args], where) },
  ];
  const lost = outputCases.filter(isLost);
  const lists = [
    shown(natsRows),
    shown((place, served) => [...serviceRows(served), ...lineRows(place), ...fileRows(place)]),
    (["pipe", "socket", "80 columns"] as const).map((where) => inOwnProcess(alone, where)),
    ...endless.map((row) => lost.map((where) => inOwnProcess(row, where))),
  ];
  const all = await inTurns(lists.flat(), processes);
  const seen = lists.map((list) => all.splice(0, list.length));

  await site.server.stop();
  const [{ place, served } = assert.fail()] = places;
  const unserved = await runRows(unservedRows(place, served), "pipe");
  const problems = [
    ...seen.flatMap(problemsOf),
    ...problemsOf([unserved]).map((problem) => problem?.replace(", pipe:", ", without NATS:")),
  ];
  assert.deepEqual(problems.filter((problem) => problem !== undefined), []);
  for (const { where, seen: own } of seen[2]?.flat() ?? []) {
    const inHost = seen[1]?.flat().find((one) => one.where === where && one.row.command === alone.command);
    assert.deepEqual(own, inHost?.seen, `${alone.command}, ${where}, in a process of its own`);
  }
  const commands = new Set(seen.flat(2).map(({ row }) => row.command));
  assert.deepEqual(names(describeCommands()).filter((name) => !commands.has(name)), [], "each command has a row");
});
