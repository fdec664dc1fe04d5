import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };

const returnMemory = new URL("../../src/cli/return_memory.ts", import.meta.url).href;

/** A program that prints its memory in MB while `made` is in use, and after `made` is unused and memory was returned. */
function program(made: string): string {
  return `
    import { returnMemory } from "${returnMemory}";
    const residentMb = () => Deno.memoryUsage().rss / 1e6;
    let made = ${made};
    const inUseMb = residentMb();
    // Some stay, so the C library cannot shrink its heap from the end
    made = made.filter((_, index) => index % 64 === 0);
    returnMemory();
    console.log(JSON.stringify({ inUseMb, returnedMb: inUseMb - residentMb(), made: made.length }));
  `;
}

function run(made: string, options: readonly string[]): Promise<{ inUseMb: number; returnedMb: number }> {
  return runSource(program(made), options);
}

async function runSource<T>(source: string, options: readonly string[]): Promise<T> {
  const input = new File([source], "program.ts");
  const args = ["run", "--quiet", "--no-check", "--allow-all", ...options, "-"];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
  await input.stream().pipeTo(child.stdin);
  const { stdout, success } = await child.output();
  assert.ok(success);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const serviceOptions = project.tasks.start.command.split(" ").filter((part) => part.startsWith("--v8-flags="));
/** What is made, and the minimum that is returned. */
const cases = {
  objects: {
    minReturnedMb: 15,
    made: "Array.from({ length: 300_000 }, (_, index) => ({ index, text: String(index) }))",
  },
  buffers: { minReturnedMb: 35, made: "Array.from({ length: 60_000 }, () => new Uint8Array(1000).fill(1))" },
};

for (const [what, { minReturnedMb, made }] of Object.entries(cases)) {
  Deno.test(`a process with the options of the service returns the memory of unused ${what} to the system`, async () => {
    const { inUseMb, returnedMb } = await run(made, serviceOptions);
    assert.ok(returnedMb > minReturnedMb, `${returnedMb} of ${inUseMb} MB`);
  });
}

Deno.test("a process returns the pages of its program that only its start needs", async () => {
  const source = `
    import { returnMemory } from "${returnMemory}";
    const fileKb = () => Number(/RssFile:\\s+(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]);
    const beforeKb = fileKb();
    returnMemory();
    console.log(JSON.stringify({ beforeKb, afterKb: fileKb() }));
  `;
  const { beforeKb, afterKb } = await runSource<{ beforeKb: number; afterKb: number }>(source, serviceOptions);
  assert.ok(afterKb < 0.8 * beforeKb, `${afterKb} of ${beforeKb} kB are left`);
});

Deno.test("without these options, returning memory is no error", async () => {
  await run("[1]", []);
});
