/** A server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly id: string | undefined;
  /** The parsed JSON, or the text if it is not JSON. */
  // deno-lint-ignore no-explicit-any
  readonly data: any;
}

/** Reads the server-sent events of an answer as they arrive, like a browser. Disposing ends the answer. */
export class EventReader implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #events: ServerEvent[] = [];
  #error: unknown;
  #arrived = Promise.withResolvers<void>();

  constructor({ body }: Pick<Response, "body">) {
    if (body === null) throw new Error("the answer has no body");
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
    void this.#read();
  }

  /** The next event. @param kinds other events are skipped; none: any event */
  async next(...kinds: readonly string[]): Promise<ServerEvent> {
    while (true) {
      const event = this.#events.shift();
      if (event !== undefined && (kinds.length === 0 || kinds.includes(event.event))) return event;
      if (event !== undefined) continue;
      if (this.#error !== undefined) throw this.#error;
      await this.#arrived.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // An answer that broke off cannot be cancelled
    await this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    let text = "";
    try {
      while (true) {
        const { done, value = "" } = await this.#reader.read();
        if (done) throw new Error("the server has ended the answer");
        const blocks = `${text}${value}`.split("\n\n");
        text = blocks.pop() ?? "";
        this.#events.push(...blocks.flatMap((block) => parsed(block) ?? []));
        this.#report();
      }
    } catch (error) {
      this.#error = error;
      this.#report();
    }
  }

  #report(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}

/** Undefined for a block without data: a comment, or the time until a new attempt. */
function parsed(block: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { event: fields.get("event") ?? "message", id: fields.get("id"), data: jsonOr(data) };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
