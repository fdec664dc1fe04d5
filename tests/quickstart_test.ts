import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNatsServer } from "../src/cli/nats_server.ts";
import { ownHost } from "./support/own_address.ts";
import { ShellBlock } from "./support/shell_block.ts";
import { hasShownLines } from "./support/shown_output.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const readme = await Deno.readTextFile(join(root, "README.md"));
const section = readme.split(/\n## Quickstart.*\n/)[1]?.split("\n## ")[0] ?? "";

const timeoutMs = 90_000;

/** The commands of each step, and the lines of output below them, without the marks. */
const steps = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => {
  const lines = block.split("\n").map((line) => line.replace(/^ {3}/, "").trimEnd());
  return {
    commands: lines.filter((line) => !line.startsWith("# ")).join("\n"),
    output: lines.filter((line) => line.startsWith("# ")).map((line) => line.slice(2)),
  };
});

/** A line without what differs from run to run: numbers, except those of meters, and the blanks that align them. */
const lasting = (line: string) => line.replace(/(?<!evse-)\d+(\.\d+)?/g, "0").replace(/\s+/g, " ").trim();

/** What Deno writes before a task, on standard error. */
const isTaskLine = (line: string) => /^Task [a-z]+ deno run /.test(line);

/** A table row may continue: a meter on a busy machine may have a fault. */
const has = (said: string, expected: readonly string[]) =>
  hasShownLines(said.split("\n").filter((line) => !isTaskLine(line)).join("\n"), expected, lasting);

Deno.test("each step of the README's quickstart prints what the README shows", async () => {
  await using parts = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "wattseal-quickstart-" });
  parts.defer(() => Deno.remove(folder, { recursive: true }));
  const host = ownHost();
  const binary = await findNatsServer({ env: (name) => Deno.env.get(name), report: () => {} });
  const path = [dirname(binary), dirname(Deno.execPath()), Deno.env.get("PATH")].join(":");
  const here = (text: string) => text.replaceAll("/tmp/wattseal", folder).replaceAll("127.0.0.1", host);
  assert.equal(steps.length, 5);
  for (const { commands, output } of steps) {
    assert.ok(output.length > 0);
    const block = new ShellBlock(here(commands), { cwd: root, before: `export NATS_URL=${host}`, path });
    parts.use(block);
    const expected = output.map(here);
    await block.matches((said) => has(said, expected), expected.join("\n"), AbortSignal.timeout(timeoutMs));
  }
});
