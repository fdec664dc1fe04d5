import { join } from "node:path";
import { version } from "../../base/version.ts";
import { runTool } from "../run_tool.ts";
import { declarations } from "./declarations.ts";
import { payloadTypes } from "./payload_types.ts";

/** Where the npm package is built. */
export interface NpmBuild {
  /** The checkout. */
  readonly project: string;
  /** Folder of the tarball. */
  readonly out: string;
  /** An empty folder. */
  readonly work: string;
}

/** Name of the package. */
export const npmName = "@wattseal/client";

/**
 * Builds the npm package of the client, of the verification of records and of their types. It needs no other package; the
 * NATS library is that of its user.
 *
 * @returns the path of the tarball
 */
export async function buildNpm({ project, out, work }: NpmBuild): Promise<string> {
  const folder = join(work, "package");
  await Deno.mkdir(folder);
  const script = join(folder, "client.js");
  await runTool(Deno.execPath(), ["bundle", "--quiet", "--platform", "browser", "--output", script, "src/client.ts"], {
    cwd: project,
  });
  // Deno finds the types of a script through this comment
  const text = await Deno.readTextFile(script);
  await Deno.writeTextFile(script, `// @ts-self-types="./client.d.ts"\n${text}`);
  const contract = { path: join(project, "src/contract/mod.ts"), text: payloadTypes() };
  await Deno.writeTextFile(
    join(folder, "client.d.ts"),
    await declarations(join(project, "src", "client.ts"), contract),
  );
  await Deno.writeTextFile(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await Deno.copyFile(join(project, "LICENSE"), join(folder, "LICENSE"));
  await Deno.copyFile(join(project, "docs/client.md"), join(folder, "README.md"));
  await Deno.mkdir(out, { recursive: true });
  const tarball = join(out, `wattseal-client-${version}.tgz`);
  const equal = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
  await runTool("tar", ["--create", "--gzip", ...equal, "--file", tarball, "--directory", work, "package"], {
    env: { GZIP: "-n" },
  });
  return tarball;
}

const manifest = {
  name: npmName,
  version,
  description:
    "Client of Wattseal: transactions, records and readings of charging stations over NATS; OCMF verification",
  license: "Apache-2.0",
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: { ".": { types: "./client.d.ts", default: "./client.js" } },
  files: ["client.js", "client.d.ts"],
  peerDependencies: { "nats": "^2.29.0", "nats.ws": "^1.30.0" },
  peerDependenciesMeta: { "nats": { optional: true }, "nats.ws": { optional: true } },
};
