import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";

/** A message with the time after which nobody waits for it. */
export interface TimedMessage {
  readonly topic: string;
  readonly payload: string;
  /** Monotonic time in milliseconds. */
  readonly untilMs: number;
}

/** Result of an attempt: the broker has the message, refuses it, or was lost before it has confirmed it. */
export type Outcome = "sent" | "refused" | "lost";

/** Messages until the broker has confirmed them. They are sent again after a reconnection, but never too late. */
export class TimedMessages {
  readonly #deliver: (message: TimedMessage) => Promise<Outcome>;
  readonly #log: Log;
  readonly #time: Pick<Time, "mono">;
  readonly #waiting = new Set<TimedMessage>();
  readonly #inFlight = new Set<Promise<void>>();

  /** @param deliver sends a message once; it is only called while the broker is connected */
  constructor(
    deliver: (message: TimedMessage) => Promise<Outcome>,
    { log, time }: { readonly log: Log; readonly time: Pick<Time, "mono"> },
  ) {
    this.#deliver = deliver;
    this.#log = log;
    this.#time = time;
  }

  /** Sends a message now, or later if the broker is not connected. */
  add(message: TimedMessage, isConnected: boolean): void {
    this.#waiting.add(message);
    if (isConnected) this.#attempt(message);
  }

  /** Sends what still has time, after a reconnection. */
  connected(): void {
    for (const message of this.#waiting) {
      if (this.#time.mono() < message.untilMs) this.#attempt(message);
      else {
        this.#waiting.delete(message);
        this.#log.warn("A reply is not sent, because EVerest does not wait for it any more; a repeated stop gets it", {
          topic: message.topic,
        });
      }
    }
  }

  /** Resolves when the present attempts have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  #attempt(message: TimedMessage): void {
    const attempt = this.#deliver(message).then((outcome) => {
      this.#inFlight.delete(attempt);
      if (outcome !== "lost") this.#waiting.delete(message);
    });
    this.#inFlight.add(attempt);
  }
}
