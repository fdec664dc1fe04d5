import { dirname, join } from "node:path";
import { must, tool } from "./run_tool.ts";

/** The release of Debian on which the package is tested. */
const suite = "bookworm";
/** Beyond the smallest system: what the package needs, and what the tests use. */
const packages = ["dbus", "libgcc-s1", "nats-server", "openssl", "passwd", "systemd", "systemd-sysv", "udev"];

/** The folder in which the roots are kept. */
export function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "/root";
  return join(home, ".cache", "wattseal");
}

/**
 * A Debian system in a folder, built by debootstrap once for each set of packages. Do not change it: copy it.
 *
 * @returns the folder
 */
export async function debianRoot(): Promise<string> {
  const content = new TextEncoder().encode([suite, ...packages].join(" "));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex().slice(0, 12);
  const root = join(cacheFolder(), "roots", `${suite}-${digest}`);
  await Deno.mkdir(dirname(root), { recursive: true });
  using lock = await Deno.open(`${root}.lock`, { create: true, write: true });
  await lock.lock(true);
  if ((await tool("test", "-d", root)).code === 0) return root;
  const unfinished = `${root}.new`;
  await must("rm", "-rf", unfinished);
  await must("debootstrap", "--variant=minbase", `--include=${packages.join(",")}`, suite, unfinished, await mirror());
  await must("chroot", unfinished, "apt-get", "clean");
  // The tests start a server with settings of their own
  await must("chroot", unfinished, "systemctl", "mask", "nats-server.service");
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
