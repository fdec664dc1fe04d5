/**
 * Checks the properties of the tests with random seeds, or every pair of mishaps of a whole transaction.
 *
 *     deno task fuzz --minutes N
 *     deno task fuzz --pairs
 */
import { fuzzRounds } from "./fuzz_minutes.ts";
import { type FuzzJob, fuzzJob, usage } from "./options.ts";
import { visit, visitPairs } from "./pairs.ts";
import { commandFor, type Property } from "./property.ts";

Deno.exitCode = await run();

async function run(): Promise<number> {
  let job: FuzzJob;
  try {
    job = fuzzJob(Deno.args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`${error.message}\n${usage}`));
    return 2;
  }
  switch (job.kind) {
    case "help":
      print(usage.trimEnd());
      return 0;
    case "minutes":
      return await fuzz(job.minutes, job.properties);
    case "again": {
      const report = await job.property.check(job);
      print(report ?? `holds: ${commandFor(job.property.name, job.seed, job.path)}`);
      return report === undefined ? 0 : 1;
    }
    case "pairs":
      return await losses(visitPairs());
    case "world":
      return await losses(visit(job.world));
  }
}

async function fuzz(minutes: number, properties: readonly Property[]): Promise<number> {
  const untilMs = performance.now() + minutes * 60_000;
  const rounds = new Map(properties.map(({ name }) => [name, 0]));
  let failures = 0;
  const options = {
    properties,
    goesOn: () => performance.now() < untilMs,
    nextSeed: () => Math.floor(Math.random() * 2 ** 31),
  };
  for await (const { property: { name, title }, report } of fuzzRounds(options)) {
    rounds.set(name, (rounds.get(name) ?? 0) + 1);
    if (report === undefined) continue;
    failures++;
    print(`FAILED ${name}: ${title}\n${report}`);
  }
  for (const { name, runs } of properties) print(`${name}: ${(rounds.get(name) ?? 0) * runs} cases`);
  print(failures === 0 ? "all properties hold" : `${failures} properties failed`);
  return failures === 0 ? 0 : 1;
}

async function losses(visits: AsyncIterable<{ world: string; loss?: string }>): Promise<number> {
  let worlds = 0;
  let lost = 0;
  for await (const { world, loss } of visits) {
    worlds++;
    if (worlds % 1000 === 0) print(`${worlds} worlds`);
    if (loss === undefined) continue;
    lost++;
    print(`LOSS in ${world}: ${loss}\n  deno task fuzz --world ${world}`);
  }
  print(`${worlds} worlds visited, ${lost} with a loss`);
  return lost === 0 ? 0 : 1;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
