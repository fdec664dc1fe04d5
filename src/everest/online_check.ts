import type { Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import { repeatedly } from "../base/waits.ts";
import { type MeterClient, RefusedError } from "../client/mod.ts";
import type { StatusPayload } from "../contract/mod.ts";
import type { MqttSender } from "./mqtt_sender.ts";
import type { MeterTopics } from "./meter_topics.ts";
import { sentenceOf } from "./replies.ts";

/** EVerest raises a fault after 5 s without a sign. */
const intervalMs = 1_500;
const timeoutMs = 1_500;

/**
 * Asks the service repeatedly whether the meter is online. While it is, EVerest gets its sign; it gets none about
 * anything else, because `false` would end the check for good. EVerest also gets the public key here.
 */
export class OnlineCheck {
  readonly #meter: Pick<MeterClient, "status" | "publicKey">;
  readonly #topics: MeterTopics;
  readonly #sender: MqttSender;
  readonly #time: Time;
  readonly #offline: ProblemLog;
  readonly #noKey: ProblemLog;
  #key: string | undefined;
  /** The state of the meter for which the key was read. */
  #keyOf = "";

  constructor(
    meter: Pick<MeterClient, "status" | "publicKey">,
    topics: MeterTopics,
    sender: MqttSender,
    { log, time }: { readonly log: Log; readonly time: Time },
  ) {
    this.#meter = meter;
    this.#topics = topics;
    this.#sender = sender;
    this.#time = time;
    this.#offline = new ProblemLog(log, time);
    this.#noKey = new ProblemLog(log, time);
  }

  /** Checks until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await repeatedly(() => this.check(signal), () => intervalMs, { time: this.#time, signal });
  }

  /** Sends the key again: EVerest has restarted, or the broker is connected. It is also read again. */
  sendKey(): void {
    if (this.#key !== undefined) this.#sender.send(this.#topics.publicKey, this.#key);
    this.#keyOf = "";
  }

  /** Checks once. Never rejects. */
  async check(signal: AbortSignal): Promise<void> {
    let status: StatusPayload;
    try {
      status = await this.#meter.status({ attempts: 1, timeoutMs, signal });
    } catch (error) {
      if (!signal.aborted) this.#isOffline(sentenceOf(error));
      return;
    }
    if (status.state !== "online") return this.#isOffline(`the meter is ${status.state}`);
    this.#offline.over("The meter is online; EVerest gets the communication check again");
    this.#sender.send(this.#topics.communicationCheck, true);
    const current = `${status.meter_id} ${status.since}`;
    if (this.#keyOf !== current) await this.#readKey(current, signal);
  }

  #isOffline(reason: string): void {
    this.#offline.failed("The meter is not online; EVerest gets no communication check, and raises a fault", {
      reason,
    });
  }

  async #readKey(current: string, signal: AbortSignal): Promise<void> {
    try {
      const { public_key: key } = await this.#meter.publicKey({ attempts: 1, timeoutMs, signal });
      this.#noKey.over("The public key is read again");
      this.#keyOf = current;
      if (key === this.#key) return;
      this.#key = key;
      this.#sender.send(this.#topics.publicKey, key);
    } catch (error) {
      if (signal.aborted) return;
      this.#noKey.failed("Cannot read the public key for EVerest", { reason: sentenceOf(error) });
      // A meter that cannot sign has no key
      if (error instanceof RefusedError && error.code === "NOT_SUPPORTED") this.#keyOf = current;
    }
  }
}
