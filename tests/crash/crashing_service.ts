import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../src/config/mod.ts";
import type { Place, Said, Step, Told } from "./steps.ts";

/** The service in a separate process that can be stopped at a step, and is ended by SIGKILL. */
export class CrashingService implements AsyncDisposable {
  /** The steps since `trace`. */
  readonly passed: Step[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #held = Promise.withResolvers<void>();
  #told = Promise.withResolvers<void>();

  /**
   * Starts a process.
   *
   * @param config path of the configuration
   * @param log path of the file to which its log is appended
   * @param shiftMs offset of its wall clock from the right time
   */
  constructor(config: string, log: string, shiftMs = 0) {
    const main = fileURLToPath(new URL("./service_main.ts", import.meta.url));
    const settings = loadConfig(Deno.readTextFileSync(config), { path: config, env: () => undefined });
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", main, JSON.stringify(settings), log, String(shiftMs)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    void this.#listen();
  }

  /** Resolves when NATS is connected and every meter was tried once; rejects if the process ends before. */
  get ready(): Promise<void> {
    return this.#orEnd(this.#ready.promise);
  }

  /** Resolves when the process, or a transaction in it, has stopped at the requested step. */
  get held(): Promise<void> {
    return this.#held.promise;
  }

  /** Resolves when the process has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Makes it report each step from now on. */
  trace(): Promise<void> {
    return this.#tell({ trace: true });
  }

  /** Makes it report no more steps; resolves when all reports have arrived. */
  quiet(): Promise<void> {
    return this.#tell({});
  }

  /** Stops it at a step, counted from now on. */
  holdAt(place: Place): Promise<void> {
    return this.#hold({ hold: place });
  }

  /** Stops only the transaction that reaches a step; the process continues. */
  holdTransactionAt(place: Place): Promise<void> {
    return this.#hold({ hold: place, alone: true });
  }

  /** Sets its wall clock. */
  setClock(shiftMs: number): Promise<void> {
    return this.#tell({ shiftMs });
  }

  /** Kills the process. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#ended.promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #hold(told: Told): Promise<void> {
    this.#held = Promise.withResolvers<void>();
    return this.#tell(told);
  }

  async #tell(told: Told): Promise<void> {
    this.#told = Promise.withResolvers<void>();
    await this.#stdin.write(new TextEncoder().encode(`${JSON.stringify(told)}\n`));
    await this.#orEnd(this.#told.promise);
  }

  #orEnd(promise: Promise<void>): Promise<void> {
    return Promise.race([promise, this.#ended.promise.then(() => assert.fail("the service has ended"))]);
  }

  async #listen(): Promise<void> {
    let heard = "";
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      heard += chunk;
      for (let end = heard.indexOf("\n"); end >= 0; end = heard.indexOf("\n")) {
        this.#take(JSON.parse(heard.slice(0, end)));
        heard = heard.slice(end + 1);
      }
    }
    await this.#child.status;
    await this.#stdin.abort().catch(() => {});
    this.#ended.resolve();
  }

  #take(said: Said): void {
    if (said.said === "passed") this.passed.push(said.step);
    else if (said.said === "ready") this.#ready.resolve();
    else if (said.said === "told") this.#told.resolve();
    else this.#held.resolve();
  }
}
