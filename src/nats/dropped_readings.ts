import { minuteMs, type Time, timestamp } from "../base/time.ts";
import { repeatedly } from "../base/waits.ts";
import type { NodeHealth } from "../health/mod.ts";
import type { Spool } from "../spool/mod.ts";

/** Raises a fault when readings are lost for more than a minute. */
export class DroppedReadings {
  readonly #spool: Pick<Spool, "dropped" | "dropReason">;
  readonly #health: Pick<NodeHealth, "raise" | "clear">;
  readonly #time: Time;
  readonly #closing = new AbortController();
  #count: number;
  #run: { readonly sinceMs: number; readonly sinceMonoMs: number; lastMs: number } | undefined;

  constructor(
    spool: Pick<Spool, "dropped" | "dropReason">,
    health: Pick<NodeHealth, "raise" | "clear">,
    time: Time,
  ) {
    this.#spool = spool;
    this.#health = health;
    this.#time = time;
    this.#count = spool.dropped;
  }

  /** Checks every few seconds until `close`. */
  watch(): Promise<void> {
    return repeatedly(() => this.#check(), () => checkIntervalMs, { time: this.#time, signal: this.#closing.signal });
  }

  close(): void {
    this.#closing.abort();
  }

  #check(): void {
    const { dropped, dropReason } = this.#spool;
    const nowMs = this.#time.mono();
    if (dropped > this.#count) {
      this.#run ??= { sinceMs: this.#time.now(), sinceMonoMs: nowMs, lastMs: nowMs };
      this.#run.lastMs = nowMs;
    }
    this.#count = dropped;
    if (this.#run === undefined) return;
    if (nowMs - this.#run.lastMs > quietMs) {
      this.#run = undefined;
      this.#health.clear("ReadingsDropped");
    } else if (this.#run.lastMs - this.#run.sinceMonoMs >= minuteMs) {
      this.#health.raise(
        "ReadingsDropped",
        `Readings have been dropped since ${timestamp(this.#run.sinceMs)}: ${
          dropReason ?? "the spool does not accept them"
        }; ` +
          "check NATS and its stream of readings; the log has the reason why they are not acknowledged",
      );
    }
  }
}

const checkIntervalMs = 5_000;
/** A minute, plus the possible delay of the longest interval between two readings. */
const quietMs = 70_000;
