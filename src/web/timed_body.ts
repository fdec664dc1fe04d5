import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";

/** Options of {@linkcode timedBody}. */
export interface TimedBodyOptions {
  readonly time: Pick<Time, "sleep">;
  readonly log: Pick<Log, "info" | "warn">;
  /** What is sent, for the log: `sessions as CSV`. */
  readonly what: string;
  /** Aborted when nobody needs the rest: the answer is delivered, or the client is gone. */
  readonly ended: AbortSignal;
  /** Called once: the chunks have ended, or nobody takes them. */
  readonly onEnd: () => void;
}

/** A client must take each chunk of an answer in this time. */
export const maxTakeMs = 60_000;

/**
 * The body of an answer that is produced only as fast as the client takes it. A client that takes nothing for
 * {@linkcode maxTakeMs} loses the answer: its connection would keep memory and a place for others.
 *
 * @param open begins the chunks; the signal is aborted when nobody needs the rest
 */
export function timedBody(
  open: (gone: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>,
  { time, log, what, ended, onEnd }: TimedBodyOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const gone = new AbortController();
  const chunks = open(gone.signal);
  let taken = new AbortController();
  let isCancelled = false;
  const end = () => {
    if (gone.signal.aborted) return;
    gone.abort();
    taken.abort();
    ended.removeEventListener("abort", end);
    void chunks.return().catch(() => {});
    onEnd();
  };
  const endIfNotTaken = async (controller: ReadableStreamDefaultController) => {
    taken = new AbortController();
    const { signal } = taken;
    await time.sleep(maxTakeMs, signal);
    if (signal.aborted) return;
    end();
    const reason = `the client has taken nothing for ${maxTakeMs / 1000} s`;
    log.info(`Stopped to send ${what}: ${reason}`);
    controller.error(new Error(reason));
  };
  return new ReadableStream({
    start(controller) {
      if (ended.aborted) return end();
      ended.addEventListener("abort", end);
      void endIfNotTaken(controller);
    },
    async pull(controller) {
      taken.abort();
      try {
        const { done, value } = await chunks.next();
        // The client has gone while the chunk was made: a cancelled stream cannot be closed
        if (isCancelled) return;
        if (done === true) {
          end();
          return controller.close();
        }
        controller.enqueue(value);
        void endIfNotTaken(controller);
      } catch (error) {
        end();
        log.warn(`Cannot continue to send ${what}: ${errorText(error)}`);
        throw error;
      }
    },
    cancel() {
      isCancelled = true;
      end();
    },
    // Without a chunk in reserve, the next pull shows that the client has taken the last one
  }, { highWaterMark: 0 });
}
