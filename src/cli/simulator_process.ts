import { fileURLToPath } from "node:url";

/** Where simulated meters are. */
interface SimulatedPlace {
  readonly path: string;
  readonly meters: readonly { readonly name: string; readonly unit: number; readonly model: string }[];
}

/** Simulated meters in a process of their own, so that their signing takes no time from the service. */
export class SimulatorProcess implements AsyncDisposable, SimulatedPlace {
  readonly path: string;
  readonly meters: SimulatedPlace["meters"];
  readonly #child: Deno.ChildProcess;

  private constructor({ path, meters }: SimulatedPlace, child: Deno.ChildProcess) {
    this.path = path;
    this.meters = meters;
    this.#child = child;
  }

  /**
   * Starts the meters and waits until they can be asked.
   *
   * @throws {Error} they could not be started; why stands on standard error
   */
  static async start({ meters, baudrate }: { meters: number; baudrate: number }): Promise<SimulatorProcess> {
    const main = fileURLToPath(new URL("./main.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", main, "simulate", "--json", "--meters", `${meters}`, "--baudrate", `${baudrate}`],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("\n")) {
      const { done, value } = await lines.read();
      if (done) throw new Error(`cannot start the simulated meters: they ended with ${(await child.status).code}`);
      said += value;
    }
    lines.releaseLock();
    return new SimulatorProcess(JSON.parse(said), child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      // It has ended already, as after Ctrl-C, which reaches all processes of a terminal.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}
