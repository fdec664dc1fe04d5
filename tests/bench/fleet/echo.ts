import type { NatsConnection } from "nats";
import { benchFile } from "../tools.ts";

const subject = "bench.echo";
/** About the length of a reply to `transaction.status`. */
const body = "x".repeat(200);

/** A process that only answers: the cost of a request on this machine without a node. */
export class Echo implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  static async start(server: string): Promise<Echo> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", benchFile("fleet/echo_main.ts"), server, subject],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const { done } = await child.stdout.getReader().read();
    if (done) throw new Error("The process that answers cannot connect");
    return new Echo(child);
  }

  /** Sends a request. Returns the time until the reply in milliseconds. */
  async ask(client: NatsConnection): Promise<number> {
    const startMs = performance.now();
    await client.request(subject, body, { timeout: 30_000 });
    return performance.now() - startMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}
