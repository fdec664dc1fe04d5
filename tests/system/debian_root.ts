import { dirname, join } from "node:path";
import { must, tool } from "./run_tool.ts";

/** The release of Debian on which the package is tested. */
export const suite = "bookworm";
/** Beyond the smallest system: what the package needs, and what the tests use. */
const packages = ["dbus", "libgcc-s1", "nats-server", "openssl", "passwd", "systemd", "systemd-sysv", "udev"];

/** Beyond these, what a node needs that is monitored. */
const monitoring = ["curl", "prometheus", "systemd-timesyncd"];

/** The folder in which the roots are kept. */
export function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "/root";
  return join(home, ".cache", "wattseal");
}

/** A Debian system for this processor in a folder. Do not change it: copy it. @returns the folder */
export function debianRoot(): Promise<string> {
  return keptRoot(suite, packages, [], async (root) => {
    // The tests start a server with settings of their own
    await must("chroot", root, "systemctl", "mask", "nats-server.service");
  });
}

/**
 * The same with what docs/operations.md installs, and the units of all packages as they are installed. Do not change it:
 * copy it.
 */
export function monitoredRoot(): Promise<string> {
  return keptRoot(`${suite}-monitored`, [...packages, ...monitoring].toSorted(), [], () => Promise.resolve());
}

/**
 * A Debian system in a folder, built by debootstrap once for each set of packages.
 *
 * @param kind begins the name of the folder
 * @param included packages beyond the smallest system
 * @param options of debootstrap
 * @param finish completes what debootstrap has built
 * @returns the folder
 */
export async function keptRoot(
  kind: string,
  included: readonly string[],
  options: readonly string[],
  finish: (root: string) => Promise<void>,
): Promise<string> {
  const content = new TextEncoder().encode([suite, ...included].join(" "));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex().slice(0, 12);
  const root = join(cacheFolder(), "roots", `${kind}-${digest}`);
  await Deno.mkdir(dirname(root), { recursive: true });
  using lock = await Deno.open(`${root}.lock`, { create: true, write: true });
  await lock.lock(true);
  if ((await tool("test", "-d", root)).code === 0) return root;
  const unfinished = `${root}.new`;
  await must("rm", "-rf", unfinished);
  const all = ["--variant=minbase", `--include=${included.join(",")}`, ...options];
  await must("debootstrap", ...all, suite, unfinished, await mirror());
  await finish(unfinished);
  await must("chroot", unfinished, "apt-get", "clean");
  await Deno.rename(unfinished, root);
  return root;
}

/** The mirror from which this machine installs its own packages, if it has this suite. */
async function mirror(): Promise<string> {
  const { out } = await tool("apt-get", "indextargets", "--format", "$(SUITE) $(CODENAME) $(REPO_URI)");
  const own = out.split("\n").map((line) => line.split(" ")).find(([name, codename]) =>
    [name, codename].includes(suite)
  );
  return own?.[2] ?? "http://deb.debian.org/debian";
}
