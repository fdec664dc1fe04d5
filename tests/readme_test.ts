import assert from "node:assert/strict";
import { nodeFaultKinds } from "../src/health/mod.ts";
import { faultKinds } from "../src/meter/mod.ts";

const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
const { tasks }: { tasks: Record<string, { description?: string }> } = JSON.parse(
  await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
);

/** The rows of the tables below a heading, as cells without the marks of code. */
function tableBelow(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return section.split("\n").filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, "$1")));
}

Deno.test("the README's fault table says what the code says, fault by fault", () => {
  const said = tableBelow("Faults");
  const meant = [...Object.entries(faultKinds), ...Object.entries(nodeFaultKinds)]
    .map(([subType, { type, severity, cause, remedy }]) => [type, subType, severity, cause, remedy]);
  assert.deepEqual(said, meant);
});

Deno.test("the README names no task that does not exist", () => {
  const named = [...readme.matchAll(/deno(?:@[\d.]+)? task ([a-z][a-z:-]*)/g)].map(([, task]) => task ?? "");
  assert.deepEqual(named.filter((task) => !(task in tasks)), []);
});

Deno.test("the README's table names every task", () => {
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([a-z][a-z:-]*)/g)].map(([, name]) => name)
  );
  assert.deepEqual(Object.keys(tasks).filter((task) => !named.includes(task)), []);
});

Deno.test("the README's example payloads are those of docs/subjects.md, which are held against the schemas", async () => {
  const subjects = await Deno.readTextFile(new URL("../docs/subjects.md", import.meta.url));
  const examples = [...readme.matchAll(/```json\n(.*?)```/gs)].map(([, example]) => example ?? "");
  assert.equal(examples.length, 6);
  assert.deepEqual(examples.filter((example) => !subjects.includes(example)), []);
});

Deno.test("each task has a description, which deno task prints", () => {
  assert.deepEqual(Object.entries(tasks).filter(([, { description = "" }]) => description === ""), []);
});
