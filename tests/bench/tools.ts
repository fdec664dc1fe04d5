import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Tools of a measurement besides the product: programs that are built or installed in a temporary folder. */
export class Tools implements AsyncDisposable {
  readonly folder: string;
  /** The meter in C. */
  readonly meter: string;
  /** The client with libmodbus; undefined if libmodbus is not installed. */
  readonly libmodbus: string | undefined;
  /** The minimal client. */
  readonly bare: string;

  private constructor(folder: string, meter: string, bare: string, libmodbus: string | undefined) {
    this.folder = folder;
    this.meter = meter;
    this.bare = bare;
    this.libmodbus = libmodbus;
  }

  /** @throws {Error} there is no C compiler */
  static async build(say: (line: string) => void): Promise<Tools> {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-bench-" });
    const meter = await compile("meter.c", folder, []);
    const bare = await compile("bare_client.c", folder, []);
    if (meter === undefined || bare === undefined) {
      await Deno.remove(folder, { recursive: true });
      throw new Error("The meter in C cannot be compiled: install a C compiler (apt-get install gcc libc6-dev)");
    }
    const libmodbus = await compile("libmodbus_client.c", folder, ["-lmodbus"]);
    if (libmodbus === undefined) say("libmodbus is not compared: it is not installed (apt-get install libmodbus-dev)");
    return new Tools(folder, meter, bare, libmodbus);
  }

  /**
   * Installs modbus-serial and serialport for Node.
   *
   * @returns the folder to run Node in; undefined without Node, npm or the registry
   */
  async node(say: (line: string) => void): Promise<string | undefined> {
    const folder = join(this.folder, "node");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(folder, "package.json"), '{"private":true}');
    const packages = ["modbus-serial@8.0.25", "serialport@13.0.0"];
    const installed = await succeeds("npm", ["install", "--no-audit", "--no-fund", ...packages], folder);
    if (installed && await succeeds("node", ["--version"], folder)) return folder;
    say("modbus-serial under Node is not compared: it cannot be installed by npm");
    return undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.folder, { recursive: true });
  }
}

/** A file of this folder. */
export function benchFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Binds `command` to one core, if the system has `taskset`. */
export async function onCore(core: number, command: readonly string[]): Promise<readonly string[]> {
  const bound = await succeeds("taskset", ["-c", `${core}`, "true"], ".");
  return bound ? ["taskset", "-c", `${core}`, ...command] : command;
}

async function compile(source: string, folder: string, libraries: readonly string[]): Promise<string | undefined> {
  const program = join(folder, source.replace(/\.c$/, ""));
  const args = ["-O2", "-o", program, benchFile(source), ...libraries];
  return await succeeds("cc", args, folder) ? program : undefined;
}

async function succeeds(command: string, args: string[], cwd: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, { args, cwd, stdout: "null", stderr: "null" }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
