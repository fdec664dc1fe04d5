import assert from "node:assert/strict";
import fc from "fast-check";
import type { Occasion } from "../transaction/crash_client.ts";
import { caseText, parseCase } from "./case_text.ts";
import { fuzzRounds } from "./fuzz_minutes.ts";
import { fuzzJob } from "./options.ts";
import { type Visit, visit, visitPairs } from "./pairs.ts";
import { properties } from "./properties.ts";
import { commandFor, property, seededProperty } from "./property.ts";

const small = property(
  { name: "small", title: "numbers are small", runs: 100 },
  [fc.nat(1000)],
  (number) => assert.ok(number < 900, `${number} is not small`),
);
const holding = seededProperty({ name: "holding", title: "seeds are numbers", runs: 5 }, (seed) => assert.ok(seed > 0));

Deno.test("a failing property reports the shortest input and the command that reproduces it", async () => {
  const report = await small.check({ seed: 7 }) ?? "";
  assert.match(report, /Counterexample: \[900\]/);
  const [, path] = /deno task fuzz --property small --seed 7 --path (\S+)$/.exec(report) ?? [];
  const again = await small.check({ seed: 7, path: path ?? "" }) ?? "";
  assert.match(again, /Property failed after 1 tests[^]*Counterexample: \[900\]/);
});

Deno.test("a property that holds reports nothing", async () => {
  assert.equal(await holding.check({ seed: 7 }), undefined);
});

Deno.test("fuzz checks all properties in turn with new seeds, and does not repeat a failed one", async () => {
  let seed = 0;
  const rounds: string[] = [];
  const options = { properties: [small, holding], goesOn: () => rounds.length < 4, nextSeed: () => ++seed };
  for await (const { property: { name }, seed, report } of fuzzRounds(options)) {
    rounds.push(`${name} ${seed} ${report === undefined ? "holds" : "fails"}`);
  }
  assert.deepEqual(rounds, ["small 1 fails", "holding 2 holds", "holding 3 holds", "holding 4 holds"]);
});

Deno.test("fuzz accepts the commands that it prints", () => {
  for (const { name } of properties) {
    const job = fuzzJob(commandFor(name, 12, "19:7").split(" ").slice(3));
    assert.ok(job.kind === "again");
    assert.deepEqual([job.property.name, job.seed, job.path], [name, 12, "19:7"]);
  }
  assert.equal(new Set(properties.map(({ name }) => name)).size, properties.length);
});

Deno.test("fuzz refuses ambiguous and invalid command lines", () => {
  const lines = [
    ...["", "--minutes x", "--minutes 1 --pairs", "--seed 1", "--property crash-whole", "--property none --minutes 1"],
    ...["--minutes 1 --path 1", "--world whole", "--world whole:0:1=none", "--world other:0:", "--unknown", "more"],
  ];
  for (const line of lines) {
    assert.throws(() => fuzzJob(line.split(" ").filter((part) => part !== "")), TypeError, line);
  }
});

Deno.test("a world is parsed like it is written", () => {
  for (const text of ["whole:0:", "whole:2:14=dead_before", "forsaken:3:1=unheard,20=lost"]) {
    assert.equal(caseText(parseCase(text)), text);
  }
});

Deno.test("pairs are every mishap alone and with every later one, also in later processes", async () => {
  const step: Occasion = { kind: "step", name: "begin" };
  const failpoint: Occasion = { kind: "failpoint", name: "start.after_begin" };
  const run = ({ mishapPlan }: { mishapPlan: ReadonlyMap<number, string> }) =>
    Promise.resolve(mishapPlan.has(1) ? [step, failpoint, failpoint] : [step, failpoint]);
  const visits: Visit[] = [];
  for await (const one of visitPairs(["whole"], run)) visits.push(one);
  assert.deepEqual(visits.filter(({ world }) => world.startsWith("whole:0:")).map(({ world }) => world.slice(8)), [
    "",
    ...["unheard", "lost", "refused", "dead_before", "dead_after"].flatMap((
      name,
    ) => [`0=${name}`, `0=${name},1=dead_before`]),
    "1=dead_before",
    "1=dead_before,2=dead_before",
  ]);
});

Deno.test("a world with a loss is visited and named", async () => {
  const seen: Visit[] = [];
  const run = () => Promise.reject(new Error("each record once, as it was made"));
  for await (const one of visit(parseCase("whole:0:3=lost"), run)) seen.push(one);
  assert.deepEqual(seen, [{ world: "whole:0:3=lost", loss: "each record once, as it was made" }]);
});

Deno.test("the fuzz task exits with 1 and names the world if a record is lost, and with 2 for wrong usage", async () => {
  const fuzz = async (...args: string[]) => {
    const main = new URL("./main.ts", import.meta.url).pathname;
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", main, ...args],
      stderr: "null",
    }).output();
    return { code, out: new TextDecoder().decode(stdout) };
  };
  assert.deepEqual(await fuzz("--world", "whole:0:14=dead_before"), {
    code: 0,
    out: "1 worlds visited, 0 with a loss\n",
  });
  const tooMuch = `whole:0:${Array.from({ length: 60 }, (_, nth) => `${nth}=unheard`).join(",")}`;
  const { code, out } = await fuzz("--world", tooMuch);
  assert.equal(code, 1);
  assert.ok(out.includes(`deno task fuzz --world ${tooMuch}\n`), out);
  assert.equal((await fuzz("--pairs", "--minutes", "1")).code, 2);
  const help = await fuzz("--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /^Usage: deno task fuzz --minutes N/);
});

Deno.test("no test uses random inputs: properties have fixed seeds", async () => {
  const root = new URL("../", import.meta.url).pathname;
  const { stdout } = await new Deno.Command("grep", {
    args: ["-rlE", "from .fast-check|Math\\.random|getRandomValues|randomUUID", root, "--include=*.ts"],
  }).output();
  const files = new TextDecoder().decode(stdout).trim().split("\n").map((path) => path.slice(root.length));
  const allowed = (path: string) =>
    path.endsWith("properties.ts") || /^(fuzz|bench|system)\//.test(path) ||
    ["crash/random_run.ts", "support/own_address.ts"].includes(path);
  assert.deepEqual(files.filter((path) => !allowed(path)), []);
});
