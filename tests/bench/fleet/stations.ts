import { benchFile } from "../tools.ts";
import { TextLineStream } from "../text_lines.ts";

/** What a process with many stations does. */
export interface StationsTask {
  readonly servers: readonly string[];
  readonly stations: number;
  /** Readings a second of all together; 0: as many as are acknowledged. */
  readonly rate: number;
  readonly seconds: number;
  /** JSON of a reading, with `METER` and `TIME` where meter id and timestamp stand. */
  readonly template: string;
}

/** What became of it. */
export interface StationsResult {
  readonly sent: number;
  /** Acknowledged when the time was over. */
  readonly inTime: number;
  /** Acknowledged half a minute later at the latest. */
  readonly acknowledged: number;
  readonly seconds: number;
  /** Cores that the stations themselves used. */
  readonly cpuShare: number;
}

/** A process with many stations, which are all connected. */
export class Stations implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(child: Deno.ChildProcess, lines: ReadableStreamDefaultReader<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  /** Connects the stations; they begin to publish at once. */
  static async start(task: StationsTask): Promise<Stations> {
    // In a fleet the stations are on other machines: here they leave the cores to what is measured
    const child = new Deno.Command("chrt", {
      args: [
        "--idle",
        "0",
        Deno.execPath(),
        "run",
        "--allow-all",
        benchFile("fleet/stations_main.ts"),
        JSON.stringify(task),
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
    const stations = new Stations(child, lines);
    if (await stations.#line() !== "connected") throw new Error("The stations cannot connect");
    return stations;
  }

  /** Waits for the end of their time. */
  async result(): Promise<StationsResult> {
    return JSON.parse(await this.#line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }

  async #line(): Promise<string> {
    const { value } = await this.#lines.read();
    if (value === undefined) throw new Error("The stations ended early");
    return value;
  }
}
