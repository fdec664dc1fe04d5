import type { Time } from "../base/time.ts";
import { LinkedAbort } from "../base/waits.ts";
import { repeated } from "../client/mod.ts";
import { errorReply, failedReply, type Reply, sentenceOf } from "./replies.ts";

/** What {@linkcode Attempts} use. */
export interface AttemptsOptions {
  /** Sends the request once. It rejects when `closing` is aborted. */
  readonly attempt: () => Promise<Reply>;
  /** Whether the request may be sent again after this error. */
  readonly mayRepeat: (error: unknown) => boolean;
  /** Called with the error of each attempt. @default does nothing */
  readonly onFailure?: (error: unknown) => void;
  /** The first attempt is made when this has resolved; it must not reject. @default at once */
  readonly after?: Promise<unknown> | undefined;
  /** Aborted when the process ends. */
  readonly closing: AbortSignal;
  /** The reply when the process ends. */
  readonly closingReply: Reply;
  readonly time: Time;
}

/** The attempts of one request, until it succeeds, is refused or is given up. */
export class Attempts {
  /** The result. It is there when no attempt is in progress and none will follow. Never rejects. */
  readonly reply: Promise<Reply>;
  readonly #options: AttemptsOptions;
  readonly #noMore: LinkedAbort;
  #last: Promise<Reply> | undefined;
  #problem: string | undefined;
  #reason = "";

  constructor(options: AttemptsOptions) {
    this.#options = options;
    this.#noMore = new LinkedAbort(options.closing);
    this.reply = this.#run();
  }

  /** Why the last attempt has failed; undefined: no attempt has failed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Makes no further attempt. One that is in progress is finished, and decides.
   *
   * @param reason a sentence for EVerest, if there is no result
   */
  giveUp(reason: string): void {
    if (this.#noMore.signal.aborted) return;
    this.#reason = reason;
    this.#noMore.abort();
  }

  async #run(): Promise<Reply> {
    const { after, mayRepeat, time } = this.#options;
    using noMore = this.#noMore;
    if (after !== undefined) await after;
    const onRetry = (error: unknown) => this.#failed(error);
    try {
      const attempt = () => this.#last = this.#options.attempt();
      return await repeated(attempt, { attempts: Infinity, signal: noMore.signal, onRetry }, time, mayRepeat);
    } catch (error) {
      if (!noMore.signal.aborted) return this.#refused(error);
    }
    try {
      return await this.#last ?? this.#unfinished();
    } catch (error) {
      if (mayRepeat(error)) this.#failed(error);
      else return this.#refused(error);
    }
    return this.#unfinished();
  }

  #failed(error: unknown): void {
    this.#problem = sentenceOf(error);
    this.#options.onFailure?.(error);
  }

  #refused(error: unknown): Reply {
    this.#failed(error);
    return this.#options.closing.aborted ? this.#options.closingReply : failedReply(error);
  }

  #unfinished(): Reply {
    return this.#options.closing.aborted ? this.#options.closingReply : errorReply(this.#reason);
  }
}
