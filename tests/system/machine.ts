import { join } from "node:path";
import { cacheFolder } from "./debian_root.ts";
import { must, tool, type ToolResult } from "./run_tool.ts";

/** How long a machine may take to start, and a test may wait for what happens in it. */
const timeoutMs = 120_000;
const pauseMs = 200;

/** How a machine is booted. */
export interface BootOptions {
  /** The file system is read-only except for these existing folders, and for those that systemd mounts, as `/run`. */
  readonly writable?: readonly string[];
}

/**
 * A booted Debian system with systemd, in a container without a network. It has a copy of a root of its own, and control
 * groups of its own, because two machines in one group would end each other's services.
 */
export class Machine implements AsyncDisposable {
  /** The folder with its file system. */
  readonly root: string;
  readonly #group: string;
  readonly #nspawn: Deno.ChildProcess;
  readonly #output: Promise<string>;
  #leader = "";

  private constructor(root: string, group: string, { writable }: BootOptions) {
    this.root = root;
    this.#group = group;
    this.#nspawn = new Deno.Command("/bin/sh", {
      args: [
        "-c",
        `${enterGroup(group)}; exec systemd-nspawn ${nspawnOptions(root)} ${readOnly(root, writable)} --boot`,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#output = Promise.all([this.#nspawn.stdout, this.#nspawn.stderr].map((stream) => new Response(stream).text()))
      .then((texts) => texts.join(""));
  }

  /**
   * Boots a copy of a root.
   *
   * @param original is not changed
   * @throws {Error} it does not start
   */
  static async boot(original: string, options: BootOptions = {}): Promise<Machine> {
    const folder = join(cacheFolder(), "machines");
    await Deno.mkdir(folder, { recursive: true });
    const root = await Deno.makeTempDir({ dir: folder, prefix: "machine-" });
    await must("cp", "-a", "--reflink=auto", `${original}/.`, root);
    const machine = new Machine(root, `wattseal-${crypto.randomUUID()}`, options);
    try {
      await machine.#started();
      // systemd-nspawn makes them read-only together with the root
      for (const folder of options.writable ?? []) await machine.must(`mount -o remount,bind,rw ${folder}`);
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a shell script as root in the machine. */
  run(script: string): Promise<ToolResult> {
    const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    return tool("nsenter", "-t", this.#leader, "-a", "--", "env", "-i", path, "HOME=/root", "/bin/sh", "-c", script);
  }

  /** Runs a script that has to succeed. @returns its output without spaces around it @throws {Error} with its output */
  async must(script: string): Promise<string> {
    const { code, out, err } = await this.run(script);
    if (code !== 0) throw new Error(`"${script}" ended with ${code}: ${out}${err}\n${await this.#log()}`);
    return out.trim();
  }

  /** Runs a script repeatedly until it succeeds. @returns its output @throws {Error} with the log of the machine */
  async until(script: string): Promise<string> {
    const latest = performance.now() + timeoutMs;
    for (;;) {
      const { code, out } = await this.run(script);
      if (code === 0) return out.trim();
      if (performance.now() > latest) {
        throw new Error(`"${script}" did not succeed in time: ${out}\n${await this.#log()}`);
      }
      await pause();
    }
  }

  /** Writes a file in the machine. */
  async write(path: string, text: string): Promise<void> {
    const inside = join(this.root, path);
    await Deno.mkdir(join(inside, ".."), { recursive: true });
    await Deno.writeTextFile(inside, text);
  }

  /** Ends the machine and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    // The end of its first process ends all others
    if (this.#leader !== "") await tool("kill", "-KILL", this.#leader);
    else await tool("kill", "-TERM", String(this.#nspawn.pid));
    await this.#nspawn.status;
    await this.#output;
    await must("/bin/sh", "-c", `find ${groupFolders(this.#group)} -depth -type d -exec rmdir {} + 2>/dev/null; true`);
    await must("rm", "-rf", this.root);
  }

  async #started(): Promise<void> {
    const latest = performance.now() + timeoutMs;
    let ended = false;
    this.#nspawn.status.then(() => ended = true);
    for (;;) {
      if (ended) throw new Error(`systemd-nspawn ended: ${(await this.#output).trim().slice(-2000)}`);
      this.#leader = await firstChild(this.#nspawn.pid);
      if (this.#leader !== "") {
        const state = (await this.run("systemctl is-system-running")).out.trim();
        if (["running", "degraded"].includes(state)) return;
      }
      if (performance.now() > latest) throw new Error("The machine does not start");
      await pause();
    }
  }

  async #log(): Promise<string> {
    return (await this.run("journalctl --no-pager --lines 60")).out;
  }
}

/**
 * Options of systemd-nspawn that need neither a host with systemd nor a network. As on a station, programs may read whether
 * the clock is synchronised.
 */
export function nspawnOptions(root: string): string {
  return `-q -D ${root} --register=no --keep-unit --private-network --console=pipe --system-call-filter='adjtimex clock_adjtime'`;
}

function readOnly(root: string, writable: BootOptions["writable"]): string {
  if (writable === undefined) return "";
  return ["--read-only", ...writable.map((folder) => `--bind=${join(root, folder)}:${folder}`)].join(" ");
}

/** The process that a process has started first; empty: none yet. */
async function firstChild(pid: number): Promise<string> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  return children.trim().split(" ")[0] ?? "";
}

const hierarchies = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];

/** Shell commands that move the shell into a control group of its own, where the system permits it. */
function enterGroup(group: string): string {
  return hierarchies.map((folder) =>
    `{ [ -w ${folder}/cgroup.procs ] && mkdir ${folder}/${group} && echo $$ >${folder}/${group}/cgroup.procs; } 2>/dev/null`
  ).join("; ");
}

function groupFolders(group: string): string {
  return hierarchies.map((folder) => `${folder}/${group}`).join(" ");
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}
