import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { must, tool } from "./run_tool.ts";
import { systemTest } from "./surroundings.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));

/** Why the test cannot run; undefined: nothing is missing. */
async function whatIsMissing(): Promise<string | undefined> {
  for (const program of ["faketime", "git", "setpriv"]) {
    if ((await tool("sh", "-c", `command -v ${program}`)).code !== 0) {
      return `it needs ${program}: apt-get install ${program}`;
    }
  }
  const { code } = await tool("git", "-c", "safe.directory=*", "-C", project, "rev-parse", "HEAD");
  return code === 0 ? undefined : "it needs a checkout with its repository";
}

/** Who builds, where and when. */
interface Builder {
  readonly folder: string;
  /** The number of the user. */
  readonly user: number;
  readonly umask: string;
  readonly timeZone: string;
  /** How far his clock is from the right time. */
  readonly shift: string;
}

/** Clones the checkout and builds the package in the clone, without anything that was downloaded before. */
async function build(deno: string, { folder, user, umask, timeZone, shift }: Builder): Promise<string> {
  const clone = join(folder, "clone");
  await must("git", "-c", "safe.directory=*", "clone", "--quiet", project, clone);
  await Deno.mkdir(join(folder, "home"));
  await must("chown", "-R", `${user}:${user}`, folder);
  const home = [`HOME=${folder}/home`, `DENO_DIR=${folder}/home/deno`, `TZ=${timeZone}`, "DENO_NO_UPDATE_CHECK=1"];
  await must(
    "setpriv",
    `--reuid=${user}`,
    `--regid=${user}`,
    "--clear-groups",
    "env",
    "PATH=/usr/bin:/bin",
    ...home,
    "sh",
    "-c",
    `umask ${umask}; cd "$1"; exec faketime -f ${shift} "$2" run --allow-all src/package/main.ts --out "$3"`,
    "sh",
    clone,
    deno,
    join(folder, "out"),
  );
  const sums = await Deno.readTextFile(join(folder, "out", "SHA256SUMS"));
  assert.match(sums, /^[0-9a-f]{64} {2}wattseal_.*\.deb\n$/);
  return sums;
}

systemTest(
  "two builds of one commit are equal, in other folders, by other users, on other days, from empty caches",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-builds-" });
    try {
      await Deno.chmod(folder, 0o755);
      const deno = join(folder, "deno");
      await Deno.copyFile(Deno.execPath(), deno);
      await Deno.chmod(deno, 0o755);
      const [one, two] = [join(folder, "one"), join(folder, "a folder", "of another", "depth")];
      for (const path of [one, two]) await Deno.mkdir(path, { recursive: true });
      const first = await build(deno, { folder: one, user: 0, umask: "022", timeZone: "UTC", shift: "+0d" });
      const second = await build(deno, {
        folder: two,
        user: 12345,
        umask: "077",
        timeZone: "Pacific/Auckland",
        // Certificates of the registry are valid for weeks.
        shift: "+2d",
      });
      assert.equal(second, first);
    } finally {
      await must("rm", "-rf", folder);
    }
  },
  await whatIsMissing(),
);
