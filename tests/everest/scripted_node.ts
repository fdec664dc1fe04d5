import { NatsError } from "nats";
import type { ClientConnection, ClientMessage, ClientRequestOptions } from "../../src/client/mod.ts";
import type { FakeTime } from "../support/fake_time.ts";

/** A request as the node receives it. */
export interface NodeRequest {
  /** End of the subject: `transaction.stop`. */
  readonly what: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Monotonic time in milliseconds. */
  readonly atMs: number;
  readonly headers: string;
}

/** What a node does with a request: it answers, is not there, or never answers. */
export type NodeAnswer = object | "nobody" | "silence";

/** A NATS connection to a node that follows a script. Requests time out by the time of the test. */
export class ScriptedNode implements ClientConnection {
  readonly requests: NodeRequest[] = [];
  answer: (request: NodeRequest) => NodeAnswer | Promise<NodeAnswer> = () => "silence";
  readonly #time: FakeTime;

  constructor(time: FakeTime) {
    this.#time = time;
  }

  async request(subject: string, payload: string, options: ClientRequestOptions): Promise<ClientMessage> {
    const what = subject.split(".").slice(3).join(".");
    const headers = new TextDecoder().decode((options.headers as { encode(): Uint8Array }).encode());
    const request = { what, body: JSON.parse(payload), atMs: this.#time.mono(), headers };
    this.requests.push(request);
    const answer = await Promise.race([this.answer(request), this.#time.sleep(options.timeout)]);
    if (answer === "nobody") throw new NatsError("503", "503");
    if (answer === undefined || answer === "silence") {
      if (answer === "silence") await this.#time.sleep(options.timeout);
      throw new NatsError("TIMEOUT", "TIMEOUT");
    }
    return { subject, data: new TextEncoder().encode(JSON.stringify(answer)) };
  }

  publish(): void {}

  subscribe(): never {
    throw new Error("not used");
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  async *status(): AsyncGenerator<never> {}

  isClosed(): boolean {
    return false;
  }
}
