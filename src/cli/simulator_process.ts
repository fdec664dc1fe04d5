import { fileURLToPath } from "node:url";

/** Location of the simulated meters. */
interface SimulatedPlace {
  readonly path: string;
  readonly meters: readonly { readonly name: string; readonly unit: number; readonly model: string }[];
}

/** What to simulate, and how. */
export interface SimulatorProcessOptions {
  readonly meters: number;
  readonly baudrate: number;
  /** Whether signals of the terminal, such as Ctrl-C, do not reach it, so that it is stopped last. @default false */
  readonly isDetached?: boolean;
}

/** Simulated meters in a separate process, so that their signing does not slow down the service. */
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
   * Starts the meters and waits until they are ready.
   *
   * @throws {Error} they could not be started; the reason is on standard error
   */
  static async start(
    { meters, baudrate, isDetached = false }: SimulatorProcessOptions,
  ): Promise<SimulatorProcess> {
    const main = fileURLToPath(new URL("./main.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", main, "simulate", "--json", "--meters", `${meters}`, "--baudrate", `${baudrate}`],
      stdin: "null",
      stdout: "piped",
      detached: isDetached,
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let output = "";
    while (!output.includes("\n")) {
      const { done, value } = await lines.read();
      if (done) throw new Error(`Cannot start the simulated meters: they ended with ${(await child.status).code}`);
      output += value;
    }
    lines.releaseLock();
    return new SimulatorProcess(JSON.parse(output), child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      // The process has already ended: Ctrl-C reaches all processes of a terminal.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}
