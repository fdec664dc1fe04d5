import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);
const pages = new Map<string, string>();
for (const name of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]) await addPage(name);
for await (const { name, isFile } of Deno.readDir(new URL("docs/", root))) if (isFile) await addPage(`docs/${name}`);
await addPage("docs/examples/README.md");

async function addPage(name: string): Promise<void> {
  pages.set(name, await Deno.readTextFile(new URL(name, root)));
}

const page = (name: string) => pages.get(name) ?? "";
const { tasks }: { tasks: Record<string, { description?: string }> } = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", root)),
);

Deno.test("the README has at most 150 lines", () => {
  assert.ok(page("README.md").trimEnd().split("\n").length <= 150);
});

Deno.test("README, CONTRIBUTING and the pages of docs name no task that does not exist", () => {
  for (const [name, text] of pages) {
    if (name === "CHANGELOG.md") continue;
    const named = [...text.matchAll(/deno(?:@[\d.]+)? task ([a-z][a-z:-]*)/g)].map(([, task]) => task ?? "");
    assert.deepEqual(named.filter((task) => !(task in tasks)), [], name);
  }
});

Deno.test("the README's table names every task", () => {
  const table = page("README.md").split("\n## Tasks\n")[1]?.split("\n## ")[0] ?? "";
  const named = [...table.matchAll(/`([a-z][a-z:-]*)`/g)].map(([, task]) => task ?? "");
  assert.deepEqual(named.toSorted(), Object.keys(tasks).toSorted());
});

Deno.test("each task has a description, which deno task prints", () => {
  assert.deepEqual(Object.entries(tasks).filter(([, { description = "" }]) => description === ""), []);
});

Deno.test("no payload, table row or paragraph stands on two pages", () => {
  const found = new Map<string, string>();
  const twice: string[] = [];
  for (const [name, text] of pages) {
    for (const line of text.split("\n").map((line) => line.trim().replace(/ +/g, " "))) {
      if (line.length < 60 || /^\| -|deno task |^#/.test(line)) continue;
      const other = found.get(line);
      if (other !== undefined && other !== name) twice.push(`${other} and ${name}: ${line}`);
      found.set(line, name);
    }
  }
  assert.deepEqual(twice, []);
});

/** The name that GitHub gives to a heading in addresses. */
const anchorOf = (heading: string) => heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");

Deno.test("each link between pages leads to a file and a heading that exist", async () => {
  const wrong: string[] = [];
  for (const [name, text] of pages) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const url = file === "" ? new URL(name, root) : new URL(file, new URL(name, root));
      const linked = await Deno.stat(url).then(({ isFile }) => isFile ? Deno.readTextFile(url) : "", () => undefined);
      const anchors = [...(linked ?? "").matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? ""));
      if (linked === undefined || (anchor !== undefined && !anchors.includes(anchor))) wrong.push(`${name}: ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});
