import { join } from "node:path";
import { TextLineStream } from "./text_lines.ts";
import { registerImage } from "./register_image.ts";
import { onCore, type Tools } from "./tools.ts";

/** The meters on a line, and the settings of the line. */
export interface BenchLine {
  /** Units 1 and up. */
  readonly units: number;
  readonly keyBits: 256 | 384;
  /** 0: no wire, answers arrive immediately. */
  readonly baudrate: number;
  readonly turnaroundMs: number;
  /** Number of transactions for which the meters have records. @default 0 */
  readonly transactions?: number;
  /** Units that never answer. */
  readonly silent?: readonly number[];
  /** Processor core for the meters. @default any */
  readonly core?: number;
}

/** Traffic of a line since the last call. */
export interface Totals {
  readonly exchanges: number;
  /** In both directions. */
  readonly bytes: number;
  /** Between an answer's last byte and the next request. */
  readonly shortestSilenceMs: number;
  readonly meanSilenceMs: number;
}

/** Meters in C on a pseudo-terminal, in a separate process. */
export class BenchMeter implements AsyncDisposable {
  readonly path: string;
  readonly line: BenchLine;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(
    path: string,
    line: BenchLine,
    child: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
  ) {
    this.path = path;
    this.line = line;
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = lines;
  }

  static async start(tools: Tools, line: BenchLine): Promise<BenchMeter> {
    const { units, keyBits, baudrate, turnaroundMs, transactions = 0, silent = [], core } = line;
    const image = join(tools.folder, `registers-${units}-${keyBits}-${transactions}`);
    await Deno.writeTextFile(image, registerImage(units, keyBits, transactions));
    const plain = [tools.meter, image, `${baudrate}`, `${turnaroundMs * 1000}`, ...silent.map(String)];
    const [command = "", ...args] = core === undefined ? plain : await onCore(core, plain);
    const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
    const { value } = await lines.read();
    if (value === undefined) throw new Error("The meter in C did not start");
    return new BenchMeter(value, line, child, lines);
  }

  /** Totals since the last call. */
  async totals(): Promise<Totals> {
    await this.#input.write(Uint8Array.of(10));
    const { value = "{}" } = await this.#lines.read();
    return JSON.parse(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
  }
}

/** Time on a real wire in seconds: the bits of all bytes, plus turnaround and silence for each exchange. */
export function wireSeconds(
  { baudrate, turnaroundMs }: BenchLine,
  { exchanges, bytes }: Pick<Totals, "exchanges" | "bytes">,
): number {
  const silenceMs = baudrate > 19_200 ? 1.75 : 35_000 / baudrate;
  return bytes * 10 / baudrate + exchanges * (turnaroundMs + silenceMs) / 1000;
}
