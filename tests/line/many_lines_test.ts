import assert from "node:assert/strict";

Deno.test("64 lines that wait at the same time share one thread", async () => {
  // In a separate process, because other tests start threads, too
  const script = new URL("./many_lines.ts", import.meta.url).pathname;
  const run = new Deno.Command(Deno.execPath(), { args: ["run", "--allow-all", script, "64"] });
  const { success, stdout, stderr } = await run.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { read, waiting }: { read: string[][]; waiting: number } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(read, Array.from({ length: 64 }, () => ["0144", "0144"]));
  assert.equal(waiting, 1);
});
