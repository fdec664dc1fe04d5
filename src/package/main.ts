/**
 * Builds the Debian package: `deno task package [--arch amd64|arm64] [--out DIR] [--source DIR]`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { architectures, ownArchitecture } from "./architectures.ts";
import { buildPackage } from "./build_package.ts";
import { readCommit } from "./commit.ts";
import { packagedFiles } from "./contents.ts";
import { lockedVersion, readBinaryLock } from "./deno_binary.ts";
import { ToolError } from "./run_tool.ts";

const usage = `Usage: deno task package [--arch amd64|arm64] [--out DIR] [--source DIR]

Builds wattseal_<version>_<arch>.deb and SHA256SUMS from the files that git tracks. Default: this machine's
architecture, the folder dist. Needs dpkg-deb, git and a connection to the npm registry.

With --source, the program is that of another checkout, for example of an earlier commit; units, maintainer scripts and
all else that makes it a package are of this one.
`;

const print = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text));
const printError = (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(text));

async function main(): Promise<number> {
  const { arch, out, source, help } = parseArgs({
    args: Deno.args,
    options: {
      arch: { type: "string", default: ownArchitecture },
      out: { type: "string", default: "dist" },
      source: { type: "string" },
      help: { type: "boolean", default: false },
    },
  }).values;
  if (help) {
    print(usage);
    return 0;
  }
  const architecture = architectures[arch];
  if (architecture === undefined) {
    printError(`Unknown architecture ${arch}. Allowed: ${Object.keys(architectures).join(", ")}.\n`);
    return 2;
  }
  const packaging = fileURLToPath(new URL("../../", import.meta.url));
  const project = source === undefined ? packaging : resolve(source);
  const pinned = lockedVersion(await readBinaryLock(packaging), architecture.denoPackage);
  if (Deno.version.deno !== pinned) {
    printError(`Deno ${pinned} builds the package, this is ${Deno.version.deno}: npx -y deno@${pinned} task package\n`);
    return 2;
  }
  const commit = await readCommit(project);
  const files = packagedFiles(commit.files, (await readCommit(packaging)).files);
  const work = await Deno.makeTempDir({ prefix: "wattseal-package-" });
  try {
    const path = await buildPackage({
      project,
      packaging,
      commit: { ...commit, files },
      architecture,
      out: resolve(out),
      work,
    });
    print(`${path}\n${join(resolve(out), "SHA256SUMS")}\n`);
    return 0;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (error instanceof ToolError) {
    printError(`Cannot build the package: ${error.message}\n`);
    Deno.exitCode = 1;
  } else if (error instanceof TypeError && "code" in error) {
    printError(`${error.message}\n\n${usage}`);
    Deno.exitCode = 2;
  } else throw error;
}
