/**
 * Writes the bundles of this checkout into a folder, for the build of a package: `deno run -A src/bundle/main.ts DIR`.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePages } from "./bundle_pages.ts";

const [out] = Deno.args;
if (out === undefined) throw new TypeError("Usage: deno run -A src/bundle/main.ts DIR");
const { packages, ...bundles } = await bundlePages(fileURLToPath(new URL("../../", import.meta.url)));
await Deno.mkdir(out, { recursive: true });
for (const [name, { script, style }] of Object.entries(bundles)) {
  await Deno.writeTextFile(join(out, `${name}.js`), script);
  await Deno.writeTextFile(join(out, `${name}.css`), style);
}
await Deno.writeTextFile(join(out, "packages.json"), JSON.stringify(packages));
