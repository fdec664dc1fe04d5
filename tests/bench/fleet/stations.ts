import { benchFile } from "../tools.ts";
import { TextLineStream } from "../text_lines.ts";

/** Task of a process with many stations. */
export interface StationsTask {
  readonly servers: readonly string[];
  readonly stations: number;
  /** Total readings per second; 0: as fast as they are acknowledged. */
  readonly rate: number;
  readonly seconds: number;
  /** JSON of a reading, with `METER` and `TIME` where meter id and timestamp stand. */
  readonly template: string;
}

/** Result of the task. */
export interface StationsResult {
  readonly sent: number;
  /** Readings acknowledged in time. */
  readonly inTime: number;
  /** Readings acknowledged at most half a minute later. */
  readonly acknowledged: number;
  readonly seconds: number;
  /** Cores that the stations themselves used. */
  readonly cpuShare: number;
}

/** A process with many connected stations. */
export class Stations implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(child: Deno.ChildProcess, lines: ReadableStreamDefaultReader<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  /** Connects the stations; they start to publish immediately. */
  static async start(task: StationsTask): Promise<Stations> {
    // In a fleet the stations are on other machines: here they have a low priority
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

  /** Waits until their time is over. */
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
