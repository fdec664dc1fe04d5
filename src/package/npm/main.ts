/**
 * Builds the npm package of the client: `deno task npm [--out DIR]`.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ToolError } from "../run_tool.ts";
import { buildNpm } from "./build_npm.ts";

const print = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text));
const printError = (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(text));

const work = await Deno.makeTempDir({ prefix: "wattseal-npm-" });
try {
  const { out } = parseArgs({ args: Deno.args, options: { out: { type: "string", default: "dist" } } }).values;
  const project = fileURLToPath(new URL("../../../", import.meta.url));
  print(`${await buildNpm({ project, out: resolve(out), work })}\n`);
} catch (error) {
  const isUsage = error instanceof TypeError && "code" in error;
  if (!isUsage && !(error instanceof ToolError)) throw error;
  printError(isUsage ? `${error.message}\n\nUsage: deno task npm [--out DIR]\n` : `Cannot build: ${error.message}\n`);
  Deno.exitCode = isUsage ? 2 : 1;
} finally {
  await Deno.remove(work, { recursive: true });
}
