import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

interface Room {
  readonly name: string;
  readonly rank: number;
  readonly mayImport: readonly string[];
  /** Whether it may import every room of a lower rank, also those that it does not need. */
  readonly isOpen: boolean;
}

const page = await Deno.readTextFile(new URL("docs/architecture.md", root));

const everyRoom = "every room of a lower rank";

/** The rows of the table of docs/architecture.md, section "Rooms and ranks". */
function readRooms(): Room[] {
  const section = page.split("\n## Rooms and ranks\n")[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, rank]) => /^\d+$/.test(rank ?? ""))
    .map(([, rank, name = "", mayImport = ""]) => ({ rank: Number(rank), name: namesIn(name)[0] ?? "", mayImport }));
  return rows.map(({ rank, name, mayImport }) => ({
    rank,
    name,
    isOpen: mayImport === everyRoom,
    mayImport: mayImport === everyRoom
      ? rows.filter((other) => other.rank < rank).map((other) => other.name)
      : namesIn(mayImport),
  }));
}

const namesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");

interface Edge {
  readonly from: string;
  readonly to: string;
}

interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

const local = (specifier: string) => specifier.startsWith(root.href);
const path = (specifier: string) => relative(fileURLToPath(root), fileURLToPath(specifier));

/** The imports of a file and of all that it imports. */
async function importsFrom(entry: string): Promise<Edge[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: root }).output();
  const graph: { modules: { specifier: string; dependencies?: Dependency[] }[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return graph.modules.filter(({ specifier }) => local(specifier)).flatMap(({ specifier, dependencies = [] }) =>
    dependencies.flatMap(({ code, type }) => [code?.specifier, type?.specifier])
      .filter((target) => target !== undefined && local(target))
      .map((target) => ({ from: path(specifier), to: path(target ?? "") }))
  );
}

async function sourceFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, root))) {
    if (isDirectory) files.push(...await sourceFiles(`${folder}/${name}`));
    else if (name.endsWith(".ts")) files.push(`${folder}/${name}`);
  }
  return files;
}

/** All imports of the program, also those of files that only a thread loads. */
async function imports(): Promise<Edge[]> {
  const edges = new Map<string, Edge>();
  const reached = new Set<string>();
  for (
    const file of [
      "src/cli/main.ts",
      "mod.ts",
      ...await sourceFiles("bridge"),
      ...await sourceFiles("src"),
    ]
  ) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const edge of await importsFrom(file)) {
      edges.set(`${edge.from} ${edge.to}`, edge);
      reached.add(edge.from).add(edge.to);
    }
  }
  return [...edges.values()].filter(({ to }) => to !== "deno.json");
}

const rooms = readRooms();
const edges = await imports();

/** The room that holds a file: the most precise row of the table. */
function roomOf(file: string): Room | undefined {
  const holders = rooms.filter(({ name }) => file === name || file.startsWith(`${name}/`));
  return holders.sort((one, other) => other.name.length - one.name.length)[0];
}

Deno.test("each room of the table may import only rooms of a lower rank", () => {
  const rankOf = new Map(rooms.map(({ name, rank }) => [name, rank]));
  const wrong = rooms.flatMap(({ name, rank, mayImport }) =>
    mayImport.filter((target) => (rankOf.get(target) ?? Infinity) >= rank).map((target) => `${name} -> ${target}`)
  );
  assert.ok(rooms.length > 10);
  assert.deepEqual(wrong, []);
});

Deno.test("each source file is in a room of the table, and each room has files", async () => {
  const files = new Set(edges.flatMap(({ from, to }) => [from, to]));
  assert.deepEqual([...files].filter((file) => roomOf(file) === undefined), []);
  for (const { name } of rooms) await Deno.stat(new URL(name, root));
});

Deno.test("a source file imports only what the table permits to its room", () => {
  const wrong = edges.filter(({ from, to }) => {
    const [room, target] = [roomOf(from), roomOf(to)];
    return room !== target && !room?.mayImport.includes(target?.name ?? "");
  });
  assert.deepEqual(wrong, []);
});

Deno.test("the table permits nothing that no file needs", () => {
  const used = new Set(edges.map(({ from, to }) => `${roomOf(from)?.name} -> ${roomOf(to)?.name}`));
  const unused = rooms.filter(({ isOpen }) => !isOpen).flatMap(({ name, mayImport }) =>
    mayImport.map((target) => `${name} -> ${target}`).filter((edge) => !used.has(edge))
  );
  assert.deepEqual(unused, []);
});

Deno.test("imports of another room go through its mod.ts", () => {
  const wrong = edges.filter(({ from, to }) => {
    const target = roomOf(to)?.name;
    return roomOf(from)?.name !== target && target !== "src/base" && to !== target && !to.endsWith("/mod.ts");
  });
  assert.deepEqual(wrong, []);
});

Deno.test("imports form no cycle", () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(file), `cycle: ${[...trail, file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
});

Deno.test("source files are small: half of them below 100 lines, nine of ten below 250, none above 300", async () => {
  const sizes: { file: string; lines: number }[] = [];
  for (const file of [...await sourceFiles("bridge"), ...await sourceFiles("src")]) {
    sizes.push({ file, lines: (await Deno.readTextFile(new URL(file, root))).trimEnd().split("\n").length });
  }
  sizes.sort((one, other) => one.lines - other.lines);
  const at = (share: number) => sizes[Math.floor(sizes.length * share)]?.lines ?? 0;
  assert.deepEqual(sizes.filter(({ lines }) => lines > 300), []);
  assert.ok(at(0.5) < 100, `median ${at(0.5)}`);
  assert.ok(at(0.9) < 250, `p90 ${at(0.9)}`);
});

Deno.test("every file that docs/architecture.md names exists", async () => {
  const named = [...page.matchAll(/`((?:src|bridge|tests|docs)\/[\w./]+\.\w+)`/g)].map(([, file]) => file ?? "");
  assert.ok(named.length > 50);
  for (const file of named) await Deno.stat(new URL(file, root));
});

/** A definition of a name, or of a method of a class: `takeReading`, `Line.read`, `Outbox.#deliver`. */
function definition(name: string): RegExp {
  const [owner = "", member] = name.split(".");
  if (member === undefined) return new RegExp(`^(export )?(async )?(function|const|class) ${owner}\\b`, "m");
  return new RegExp(`^export class ${owner}\\b.*?^  (static )?(async )?${member}\\(`, "ms");
}

Deno.test("every function that a walk of docs/architecture.md names is defined in its file", async () => {
  const walks = page.split("\n## ").filter((section) => section.includes("| step |")).join("\n");
  const steps = [...walks.matchAll(/^\| +\d+ \| `([^`]+)` +\| `([^`]+)`/gm)];
  assert.ok(steps.length > 30);
  const missing: string[] = [];
  for (const [, file = "", name = ""] of steps) {
    if (!definition(name).test(await Deno.readTextFile(new URL(file, root)))) missing.push(`${file}: ${name}`);
  }
  assert.deepEqual(missing, []);
});

Deno.test("a source file names no console outside the command line interface", async () => {
  const { stdout } = await new Deno.Command("grep", {
    args: ["-rlE", "\\bconsole\\.", "bridge", "src", "mod.ts", "--include=*.ts"],
    cwd: root,
  }).output();
  const files = new TextDecoder().decode(stdout).split("\n").filter((file) => file !== "");
  assert.deepEqual(files.filter((file) => !file.startsWith("src/cli/")), []);
});

Deno.test("only the NATS transport and the programs that are NATS clients import the NATS library", async () => {
  const { stdout } = await new Deno.Command("grep", {
    args: ["-rl", 'from "nats"', "bridge", "src", "mod.ts", "--include=*.ts"],
    cwd: root,
  }).output();
  const rooms = ["src/nats/", "src/fleet/", "src/web/", "src/cli/"];
  const files = new TextDecoder().decode(stdout).split("\n").filter((file) => file !== "");
  assert.deepEqual(files.filter((file) => !rooms.some((room) => file.startsWith(room))), []);
});

/** Where a series may be named: the models themselves, help for people, and names in configurations of others. */
const namesSeries = ["src/meter/models/", "src/cli/", "src/config/import_everest.ts", "src/base/meter_names.ts"];

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
