import assert from "node:assert/strict";

const kinds = ["a pseudo-terminal", "a serial port", "a serial port that hung up", "a line", "a server"] as const;

for (const kind of kinds) {
  Deno.test(`openDescriptors do not grow while ${kind} is opened and closed`, async () => {
    // In a separate process, because other tests open and close descriptors at the same time
    const script = new URL("./descriptor_cycles.ts", import.meta.url).pathname;
    const run = new Deno.Command(Deno.execPath(), { args: ["run", "--allow-all", script, kind] });
    const { success, stdout, stderr } = await run.output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const { before, after, rounds }: { before: number; after: number; rounds: number } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    // Deno opens a pair of sockets at some time; a leak adds at least one descriptor per round
    assert.ok(after - before < rounds, `${before} before, ${after} after ${rounds} rounds`);
  });
}
