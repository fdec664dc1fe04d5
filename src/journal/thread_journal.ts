import type { DatabaseSync } from "node:sqlite";
import type { DamagedJournal } from "./rebuild.ts";
import { JournalError } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import { type JournalWrite, type JournalWrites, LiveJournal } from "./live_journal.ts";
import { openForReading } from "./open_journal.ts";
import { type ThreadMessage, type ThreadRequest, type ThreadStart, toError } from "./thread_messages.ts";
import type { WriterState } from "./writer.ts";

/** The module that the thread runs. */
export const threadModule: URL = new URL("./journal_thread.ts", import.meta.url);

/** Options of a journal with its own thread. */
export interface ThreadJournalOptions {
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** Called at each step of each write, so that a test can end the process there. */
  readonly failpoint?: JournalFailpoint | undefined;
}

/** A journal that writes on its own thread, so that a slow disk delays nothing else. */
export class ThreadJournal extends LiveJournal {
  override readonly damaged: DamagedJournal | undefined;
  override readonly invalidLog: string | undefined;
  readonly #thread: Thread;

  private constructor(db: DatabaseSync, { path, damaged, invalidLog }: Opened, thread: Thread) {
    super(db, path);
    this.damaged = damaged;
    this.invalidLog = invalidLog;
    this.#thread = thread;
    thread.onState = (state) => this.adoptState(state);
  }

  /**
   * Opens the journal of a state folder as `openJournal` does.
   *
   * @throws {JournalError} see `openJournal`
   */
  static async open(stateDir: string, options: ThreadJournalOptions): Promise<ThreadJournal> {
    const thread = new Thread(options.failpoint);
    try {
      const opened = await thread.open(stateDir, options.now());
      return new ThreadJournal(openForReading(opened.path), opened, thread);
    } catch (error) {
      thread.terminate();
      throw error;
    }
  }

  override get failure(): JournalError | undefined {
    return this.#thread.failure;
  }

  override async end(): Promise<void> {
    this.close();
    try {
      await this.#thread.request("close", [this.damage === undefined]);
    } finally {
      this.#thread.terminate();
    }
  }

  protected override execute<W extends JournalWrite>(
    name: W,
    args: Parameters<JournalWrites[W]>,
  ): Promise<ReturnType<JournalWrites[W]>> {
    return this.#thread.request(name, args) as Promise<ReturnType<JournalWrites[W]>>;
  }
}

type Opened = Extract<ThreadMessage, { kind: "opened" }>;

/** The thread, as the main thread sees it. */
class Thread {
  /** Why the last write failed. */
  failure: JournalError | undefined;
  /** Called with the state of each answer, before the promise of the request settles. */
  onState: (state: WriterState) => void = () => {};
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #threadPort: MessagePort;
  readonly #failpoint: JournalFailpoint | undefined;
  readonly #gate: Int32Array | undefined;
  readonly #opened = Promise.withResolvers<Opened>();
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #ended: JournalError | undefined;
  #lastId = 0;

  constructor(failpoint: JournalFailpoint | undefined) {
    this.#failpoint = failpoint;
    this.#gate = failpoint && new Int32Array(new SharedArrayBuffer(4));
    this.#worker = new Worker(threadModule, { type: "module", name: "journal" });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#threadPort = port2;
    this.#port.onmessage = ({ data }) => this.#onMessage(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
  }

  open(stateDir: string, nowMs: number): Promise<Opened> {
    const start: ThreadStart = { stateDir, nowMs, port: this.#threadPort, gate: this.#gate };
    this.#worker.postMessage(start, [this.#threadPort]);
    return this.#opened.promise;
  }

  request(name: ThreadRequest["name"], args: readonly unknown[]): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const answer = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#waiting.set(id, answer);
    const message: ThreadRequest = { id, name, args };
    this.#port.postMessage(message);
    return answer.promise;
  }

  terminate(): void {
    this.#ended ??= new JournalError("write_failed", "Cannot write the journal: the journal is closed");
    this.#port.close();
    this.#worker.terminate();
  }

  #onMessage(message: ThreadMessage): void {
    switch (message.kind) {
      case "opened":
        return this.#opened.resolve(message);
      case "refused":
        return this.#opened.reject(toError(message.failure));
      case "done":
        this.onState(message.state);
        if (!message.state.failing) this.failure = undefined;
        return this.#settled(message.id)?.resolve(message.result);
      case "failed":
        this.onState(message.state);
        this.failure = toError(message.failure);
        return this.#settled(message.id)?.reject(this.failure);
      case "failpoint":
        return this.#passFailpoint(message.step);
    }
  }

  #settled(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    return answer;
  }

  #passFailpoint(step: Parameters<JournalFailpoint>): void {
    this.#failpoint?.(...step);
    if (this.#gate === undefined) return;
    Atomics.store(this.#gate, 0, 1);
    Atomics.notify(this.#gate, 0);
  }

  /** The thread ended unexpectedly: the journal can no longer be written. */
  #fail(reason: string): void {
    const message = `Cannot write the journal: its thread has ended (${reason}); restart the service`;
    this.failure = this.#ended = new JournalError("write_failed", message);
    this.#opened.reject(this.#ended);
    for (const answer of this.#waiting.values()) answer.reject(this.#ended);
    this.#waiting.clear();
  }
}
