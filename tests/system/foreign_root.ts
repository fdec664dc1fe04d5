import { basename, join } from "node:path";
import { cacheFolder, keptRoot, suite } from "./debian_root.ts";
import { must, tool } from "./run_tool.ts";

const emulator = "qemu-aarch64";
/** For one script; each takes about two minutes on an idle machine with two cores. */
const patienceS = 600;

/** Why programs for arm64 cannot run on this machine; undefined: they can. */
export async function whyNoArm64(): Promise<string | undefined> {
  if (Deno.build.arch === "aarch64") return undefined;
  for (const program of [`${emulator}-static`, "update-binfmts"]) {
    const { code } = await tool("sh", "-c", `command -v ${program}`);
    if (code !== 0) return `it needs ${program}: apt-get install qemu-user-static binfmt-support`;
  }
  const { code, err } = await tool(
    "sh",
    "-c",
    `folder=/proc/sys/fs/binfmt_misc; [ -e $folder/status ] || mount -t binfmt_misc binfmt_misc $folder; ` +
      `grep -q enabled $folder/${emulator} 2>/dev/null || update-binfmts --enable ${emulator}`,
  );
  return code === 0 ? undefined : `the kernel does not run programs for arm64: ${err.trim()}`;
}

/** A Debian system for arm64 in a folder. Do not change it: copy it. @returns the folder */
export function arm64Root(): Promise<string> {
  return keptRoot(`${suite}-arm64`, ["nats-server"], ["--arch=arm64", "--foreign"], async (root) => {
    await must("chroot", root, "/debootstrap/debootstrap", "--second-stage");
  });
}

/** A copy of the arm64 system, in which programs run in a container without a network and without systemd. */
export class ForeignMachine implements AsyncDisposable {
  /** The folder with its file system. */
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async copy(original: string): Promise<ForeignMachine> {
    const folder = join(cacheFolder(), "machines");
    await Deno.mkdir(folder, { recursive: true });
    const root = await Deno.makeTempDir({ dir: folder, prefix: "arm64-" });
    await must("cp", "-a", "--reflink=auto", `${original}/.`, root);
    return new ForeignMachine(root);
  }

  /** Has dpkg install a package. */
  async install(deb: string): Promise<void> {
    const name = basename(deb);
    await Deno.copyFile(deb, join(this.root, "root", name));
    await this.#container([], ["dpkg", "--install", `/root/${name}`]);
  }

  /** Runs a shell script as a user without rights, with `/usr` read-only. @returns its output @throws {Error} with it */
  async run(user: string, script: string): Promise<string> {
    const options = [`--bind-ro=${this.root}/usr:/usr`, `--user=${user}`, "--chdir=/tmp"];
    return await this.#container(options, ["/bin/sh", "-euc", script]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await must("rm", "-rf", this.root);
  }

  #container(options: readonly string[], command: readonly string[]): Promise<string> {
    const common = ["-q", "-D", this.root, "--register=no", "--keep-unit", "--private-network", "--as-pid2"];
    const limit = ["--signal=KILL", String(patienceS)];
    return must("timeout", ...limit, "systemd-nspawn", ...common, "--console=pipe", ...options, ...command);
  }
}
