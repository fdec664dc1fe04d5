import { fileURLToPath } from "node:url";
import { version } from "../base/version.ts";

/** How this program was installed. */
export interface Installation {
  /** The words before a command's name: as a package, or in a checkout. */
  readonly call: "wattseal" | "deno task";
  /** The commit that a package was built from. */
  readonly commit?: string;
}

/** The folder of the program: `deno.json`, `src`, and in a package also `release.json`. */
const folder = new URL("../../", import.meta.url);

/** Reads how this program was installed. The build of a package writes `release.json`; a checkout has none. */
export function readInstallation(): Installation {
  try {
    const { commit }: { commit: string } = JSON.parse(Deno.readTextFileSync(new URL("release.json", folder)));
    return { call: "wattseal", commit };
  } catch {
    return { call: "deno task" };
  }
}

/** Returns the version with the commit, if it is known: of the package, or of the checkout. */
export function versionText({ commit = commitOfCheckout() }: Installation): string {
  return commit === undefined ? version : `${version} (commit ${commit})`;
}

function commitOfCheckout(): string | undefined {
  try {
    const { success, stdout } = new Deno.Command("git", {
      args: ["-C", fileURLToPath(folder), "rev-parse", "HEAD"],
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    // Git is not installed, or this process may not start programs.
    return undefined;
  }
}
