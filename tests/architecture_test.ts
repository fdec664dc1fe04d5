import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

/** Which module may import which: only toward lower ranks, never a sibling. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "src/base": [],
  "bridge": ["src/base"],
  "src/config": ["src/base"],
  "src/ocmf": ["src/base"],
  "src/journal": ["src/base"],
  "src/health": ["src/base", "src/journal"],
  "src/spool": ["src/base"],
  "src/meter": ["src/base", "bridge"],
  "src/field": ["src/base", "bridge", "src/meter", "src/ocmf"],
  "src/transaction": ["src/base", "src/meter", "src/ocmf", "src/journal"],
  "src/simulator": ["src/base", "bridge", "src/meter", "src/ocmf"],
  "src/nats": ["src/base", "src/transaction", "src/meter", "src/health", "src/journal", "src/spool", "bridge"],
  "src/fleet": ["src/base", "src/ocmf", "src/journal", "src/transaction", "src/health", "src/nats"],
  "src/service": [
    "src/base",
    "bridge",
    "src/config",
    "src/ocmf",
    "src/journal",
    "src/spool",
    "src/health",
    "src/meter",
    "src/transaction",
    "src/nats",
  ],
};
const top = ["src/cli", "mod.ts"];

interface Edge {
  readonly from: string;
  readonly to: string;
}

async function imports(): Promise<Edge[]> {
  const edges = new Map<string, Edge>();
  for (const entry of ["src/cli/main.ts", "mod.ts"]) {
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: root }).output();
    const graph: { modules: { specifier: string; dependencies?: Dependency[] }[] } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    for (const module of graph.modules) {
      for (const dependency of module.dependencies ?? []) {
        for (const target of [dependency.code?.specifier, dependency.type?.specifier]) {
          if (target === undefined || !local(module.specifier) || !local(target)) continue;
          const edge = { from: path(module.specifier), to: path(target) };
          edges.set(`${edge.from} ${edge.to}`, edge);
        }
      }
    }
  }
  return [...edges.values()];
}

interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

const local = (specifier: string) => specifier.startsWith(root.href);
const path = (specifier: string) => relative(fileURLToPath(root), fileURLToPath(specifier));

function moduleOf(file: string): string {
  if (file === "mod.ts" || file === "deno.json") return file;
  if (file.startsWith("bridge/")) return "bridge";
  if (file === "src/service.ts") return "src/service";
  return file.split("/").slice(0, 2).join("/");
}

Deno.test("imports go toward lower ranks only", async () => {
  const wrong = (await imports()).filter(({ from, to }) => {
    const [module, target] = [moduleOf(from), moduleOf(to)];
    if (module === target || target === "deno.json") return false;
    if (top.includes(module)) return top.includes(target);
    return !(mayImport[module] ?? []).includes(target);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("imports of another module go through its mod.ts", async () => {
  const wrong = (await imports()).filter(({ from, to }) => {
    const target = moduleOf(to);
    if (moduleOf(from) === target || ["src/base", "src/service", "deno.json"].includes(target)) return false;
    return !to.endsWith("/mod.ts");
  });
  assert.deepEqual(wrong, []);
});

Deno.test("imports form no cycle", async () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of await imports()) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(file), `cycle: ${[...trail, file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
});

Deno.test("a source file names no console outside the command line interface", async () => {
  const { stdout } = await new Deno.Command("grep", {
    args: ["-rlE", "\\bconsole\\.", "bridge", "src", "mod.ts", "--include=*.ts"],
    cwd: root,
  }).output();
  const files = new TextDecoder().decode(stdout).split("\n").filter((file) => file !== "");
  assert.deepEqual(files.filter((file) => !file.startsWith("src/cli/")), []);
});

/** Where a series may be named: the models themselves, help for people, and names in configurations of others. */
const namesSeries = ["src/meter/models/", "src/cli/", "src/config/import_everest.ts", "src/config/meter_schema.ts"];

Deno.test("a source file names no series of meters outside their models", async () => {
  const { stdout } = await new Deno.Command("grep", {
    args: ["-rniE", "\\b_?(em|et)[0-9]{2,3}", "bridge", "src", "mod.ts", "--include=*.ts"],
    cwd: root,
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  const isComment = (line: string) => /^[^:]*:\d+:\s*(\/\/|\/?\*)/.test(line);
  const wrong = lines.filter((line) => !isComment(line) && !namesSeries.some((place) => line.startsWith(place)));
  assert.deepEqual(wrong, []);
});
