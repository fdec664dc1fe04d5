/**
 * Runs the tests that need a whole Debian system with systemd, as root: `deno task test:system [--require]
 * [--package FILE] [--minutes N] [options of deno test]`.
 *
 * What cannot run is listed with its reason. With `--require`, that is a failure. With `--minutes`, no test begins later.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, debianRoot } from "./debian_root.ts";
import { Machine, nspawnOptions } from "./machine.ts";
import { buildPackage } from "./packages.ts";
import { must, tool } from "./run_tool.ts";
import { type Surroundings, variable } from "./surroundings.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
const programs = ["debootstrap", "systemd-nspawn", "nsenter", "dpkg-deb", "chroot"];

const print = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Why no test can run; undefined: nothing is missing. */
async function whatIsMissing(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "it needs root";
  for (const program of programs) {
    const { code } = await tool("sh", "-c", `command -v ${program}`);
    if (code !== 0) return `it needs ${program}: apt-get install debootstrap systemd-container`;
  }
  return undefined;
}

/** Why a machine with this root does not start; undefined: it starts. */
async function whyNotBoot(debian: string): Promise<string | undefined> {
  const { code, err } = await tool("sh", "-c", `systemd-nspawn ${nspawnOptions(debian)} --read-only true`);
  if (code !== 0) return `systemd-nspawn cannot start a container here: ${oneLine(err)}`;
  try {
    await (await Machine.boot(debian))[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return `systemd does not start in a container here: ${oneLine(String(error))}`;
  }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").slice(-300);
}

/** Installs the package in a copy of a root. @returns the copy */
async function install(deb: string, debian: string, folder: string): Promise<string> {
  const root = join(folder, "installed");
  await must("cp", "-a", "--reflink=auto", debian, root);
  await must("cp", deb, join(root, "root/wattseal.deb"));
  await must("chroot", root, "dpkg", "--install", "/root/wattseal.deb");
  return root;
}

async function prepare(folder: string, given: string | undefined, require: boolean): Promise<Surroundings> {
  const nothing = { require, package: "", debian: "", installed: "" };
  const missing = await whatIsMissing();
  if (missing !== undefined) return { ...nothing, notRun: missing };
  let debian: string;
  try {
    print("Preparing a Debian system; the first time takes two minutes");
    debian = await debianRoot();
  } catch (error) {
    return { ...nothing, notRun: `a Debian system cannot be installed: ${oneLine(String(error))}` };
  }
  const notRun = await whyNotBoot(debian);
  if (notRun !== undefined) return { ...nothing, notRun };
  if (given === undefined) print("Building the package");
  const deb = given ?? await buildPackage(join(folder, "package"));
  return { require, package: deb, debian, installed: await install(deb, debian, folder) };
}

/** Files whose tests take long; they come last. */
const slowFiles = ["installed_test.ts", "reproducible_test.ts", "without_systemd_test.ts"];

async function testFiles(): Promise<string[]> {
  const folder = join(project, "tests/system");
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const rank = (name: string) => slowFiles.indexOf(name);
  return names.filter((name) => name.endsWith("_test.ts"))
    .toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
    .map((name) => join(folder, name));
}

/** Removes an option and its value from the arguments. @returns the value */
function takeOption(args: string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}

async function main(rest: string[]): Promise<number> {
  const given = takeOption(rest, "--package");
  const minutes = Number(takeOption(rest, "--minutes") ?? Infinity);
  if (Number.isNaN(minutes)) throw new TypeError("--minutes needs a number");
  const beginBeforeMs = minutes === Infinity ? {} : { beginBeforeMs: Date.now() + minutes * 60_000 };
  const require = rest.includes("--require");
  if (require) rest.splice(rest.indexOf("--require"), 1);
  const machines = join(cacheFolder(), "machines");
  await Deno.mkdir(machines, { recursive: true });
  // What a run left that was killed
  await must("find", machines, "-mindepth", "1", "-maxdepth", "1", "-mmin", "+1440", "-exec", "rm", "-rf", "{}", "+");
  const folder = await Deno.makeTempDir({ dir: machines, prefix: "run-" });
  try {
    const surroundings = { ...await prepare(folder, given, require), ...beginBeforeMs };
    if (surroundings.notRun !== undefined) print(`not run: ${surroundings.notRun}`);
    const run = new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", "--no-check", ...rest, ...await testFiles()],
      cwd: project,
      env: { [variable]: JSON.stringify(surroundings) },
    }).spawn();
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => run.kill(signal));
    return (await run.status).code;
  } finally {
    await must("rm", "-rf", folder);
  }
}

Deno.exitCode = await main([...Deno.args]);
