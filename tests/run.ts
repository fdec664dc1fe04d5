/**
 * Runs all tests. Arguments are options of `deno test`, such as `--filter`.
 *
 * Several test files of a folder run one after the other in one isolate: Deno loads all modules anew for each file that
 * it is given, and that would take a third of the processor time of the whole run.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const tests = fileURLToPath(new URL(".", import.meta.url));
const root = join(tests, "..");
const jobs = 12;
const filesOfGroup = 12;
/** Fewer files of these folders take as long; the longest begin first. */
const slowFolders: Readonly<Record<string, number>> = {
  crash: 1,
  chaos: 1,
  nats: 6,
  browser: 2,
  simulator: 2,
  fleet: 3,
  service: 4,
  cli: 6,
  line: 8,
  transaction: 8,
};

/** Tests of other tasks. */
const otherTasks = ["system", "monitoring/live"];

/** The test files of a folder and of those below it, by folder. */
async function filesByFolder(folder: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const entries = await Array.fromAsync(Deno.readDir(join(tests, folder)));
  for (const { name, isDirectory } of entries.toSorted((one, other) => one.name < other.name ? -1 : 1)) {
    if (otherTasks.includes(join(folder, name))) continue;
    if (isDirectory) { for (const [below, files] of await filesByFolder(join(folder, name))) found.set(below, files); }
    else if (name.endsWith("_test.ts")) found.set(folder, [...found.get(folder) ?? [], join(tests, folder, name)]);
  }
  return found;
}

/** Files that are run in one isolate. */
interface Group {
  readonly name: string;
  readonly files: readonly string[];
}

/** The files dealt out like cards, so that neighbours, which often take as long as each other, are in different groups. */
function slowGroups(folder: string, files: readonly string[], size: number): Group[] {
  const count = Math.ceil(files.length / size);
  return Array.from({ length: count }, (_, group) => ({
    name: `${folder}_${group + 1}`,
    files: files.filter((_, index) => index % count === group),
  }));
}

/** The files of all other folders. Neighbours use the same modules, which each isolate loads again. */
function quickGroups(files: readonly string[]): Group[] {
  return Array.from({ length: Math.ceil(files.length / filesOfGroup) }, (_, group) => ({
    name: `quick_${group + 1}`,
    files: files.slice(group * filesOfGroup, (group + 1) * filesOfGroup),
  }));
}

/** Slow groups wait most of the time, so quick ones run beside them. */
function mixed(slow: readonly Group[], quick: readonly Group[]): Group[] {
  const left = [...quick];
  return [...slow.flatMap((group, index) => index % 3 === 2 ? [group, ...left.splice(0, 1)] : [group]), ...left];
}

const folders = await filesByFolder("");
const slow = Object.entries(slowFolders).flatMap(([folder, size]) =>
  slowGroups(folder, folders.get(folder) ?? [], size)
);
const quick = quickGroups([...folders].flatMap(([folder, files]) => folder in slowFolders ? [] : files));
const made = await Deno.makeTempDir({ prefix: "wattseal-tests-" });
try {
  const modules: string[] = [];
  for (const { name, files } of mixed(slow, quick)) {
    const module = join(made, `${name}.ts`);
    await Deno.writeTextFile(module, files.map((file) => `import "${pathToFileURL(file).href}";\n`).join(""));
    modules.push(module);
  }
  // The isolates keep all cores busy: threads that collect garbage for them only cost time
  const options = [
    "--allow-all",
    "--no-check",
    "--v8-flags=--single-threaded-gc",
    "--parallel",
    "--doc",
    "--config",
    join(root, "deno.json"),
  ];
  const run = new Deno.Command(Deno.execPath(), {
    args: ["test", ...options, ...Deno.args, ...modules, join(root, "mod.ts")],
    cwd: root,
    env: { DENO_JOBS: String(jobs) },
  }).spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => run.kill(signal));
  Deno.exitCode = (await run.status).code;
} finally {
  await Deno.remove(made, { recursive: true });
}
