import { build, stop } from "esbuild";
import { basename, relative } from "node:path";
import type { Bundle, PageBundles } from "../base/page_bundles.ts";
import { type BundledPackage, bundledPackages, licenceComment } from "./bundled_packages.ts";
import { linkPackages, runDeno } from "./package_links.ts";

/** The bundles, with what they contain of others. */
export interface BundledPages extends PageBundles {
  readonly packages: readonly BundledPackage[];
}

/** The sources of each bundle: a script and a style sheet. */
const entries = { page: "src/page/main", verify: "src/page/verify_main" } as const;

/**
 * Bundles the pages of a checkout, in memory. Equal sources give equal bundles.
 *
 * @param checkout its root
 * @throws {Error} a source cannot be bundled; the message has its place
 */
export async function bundlePages(checkout: string): Promise<BundledPages> {
  const project = await Deno.realPath(checkout);
  const folder = await Deno.makeTempDir({ prefix: "wattseal-bundle-" });
  try {
    const scripts = Object.values(entries).map((entry) => `${entry}.ts`);
    // Downloads what is missing in Deno's cache
    await runDeno(project, "install", "--quiet", "--entrypoint", ...scripts);
    const linked = await linkPackages(project, folder);
    const { outputFiles, metafile } = await build({
      absWorkingDir: project,
      entryPoints: Object.entries(entries).flatMap(([out, entry]) =>
        [`${entry}.ts`, `${entry}.css`].map((source) => ({ in: source, out }))
      ),
      nodePaths: [`${folder}/node_modules`],
      outdir: "bundles",
      bundle: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      minify: true,
      legalComments: "none",
      metafile: true,
      write: false,
      logLevel: "silent",
    });
    const files = new Map<string, string>();
    const packages = new Map<string, BundledPackage>();
    for (const { path, text } of outputFiles) {
      const { inputs = {} } = metafile.outputs[relative(project, path)] ?? {};
      const used = await bundledPackages(Object.keys(inputs), linked, project);
      files.set(basename(path), used.length === 0 ? text : text + licenceComment(used));
      for (const each of used) packages.set(each.name, each);
    }
    return { page: bundleOf(files, "page"), verify: bundleOf(files, "verify"), packages: [...packages.values()] };
  } finally {
    // It is a process of its own, which otherwise keeps this one alive
    await stop();
    await Deno.remove(folder, { recursive: true });
  }
}

function bundleOf(files: ReadonlyMap<string, string>, name: keyof typeof entries): Bundle {
  return { script: files.get(`${name}.js`) ?? "", style: files.get(`${name}.css`) ?? "" };
}
