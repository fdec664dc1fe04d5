import type { Answer } from "../support/site.ts";
import { Chance } from "./chance.ts";
import type { CrashSite } from "./crash_site.ts";
import type { Mayhem } from "./mayhem.ts";
import { pause } from "../support/pause.ts";
import { startBody } from "./start_body.ts";
import type { WatchedMeter } from "./watched_meter.ts";

/** Maximum number of answers to one request that are not OK. It is not a duration, because the whole machine can stall. */
const maxAttempts = 400;
/** Maximum number of repeats without an answer: while a process starts on a busy machine, requests fail at once. */
const maxUnanswered = 10 * maxAttempts;

/** Failures after which a client retries; a meter that was silent at its key is `NOT_SUPPORTED` for a time. */
const passing = [
  "METER_OFFLINE",
  "BUSY",
  "TIMEOUT",
  "METER_REFUSED",
  "MODBUS_EXCEPTION",
  "OCMF_NOT_READY",
  "NOT_SUPPORTED",
];

/** End of the answer to a stop of a transaction whose meter was replaced. */
const exchanged = "which was replaced";

/**
 * The client of one meter: starts and stops transactions, repeats requests without an answer, and sometimes forgets
 * one.
 */
export class Driver {
  /** Transactions whose start was answered with OK. */
  readonly started: string[] = [];
  /** The violations. */
  readonly violations: string[] = [];
  /** Number of requested transactions. */
  asked = 0;
  readonly #site: CrashSite;
  readonly #meter: WatchedMeter;
  readonly #mayhem: Mayhem;
  readonly #chance: Chance;
  /** Transactions whose meter was replaced when their record was requested. */
  readonly #late: string[] = [];
  readonly #prefix: string;

  /** @param place number of the meter, which is also in its name */
  constructor(site: CrashSite, meter: WatchedMeter, mayhem: Mayhem, { seed, place }: { seed: number; place: number }) {
    this.#site = site;
    this.#meter = meter;
    this.#mayhem = mayhem;
    this.#chance = new Chance(seed * 1000 + place);
    this.#prefix = `tx-${seed}-${place}`;
  }

  /** Runs `count` transactions. */
  async run(transactions: number): Promise<void> {
    while (this.asked < transactions) await this.#transaction(`${this.#prefix}-${++this.asked}`);
  }

  /** Ends the open transaction after all failures have ended. */
  async end(): Promise<void> {
    await this.#untilOk("transaction.stop", "");
  }

  /**
   * Requests the missing records, and those of every transaction that was answered with OK. All drivers have ended
   * their open transactions: such a record may be on the meter of another driver.
   */
  async finish(): Promise<void> {
    for (const id of this.#late) this.#check(id, await this.#untilOk("transaction.stop", id));
    for (const id of this.started) {
      const { code, error } = await this.#ask("transaction.status", { transaction_id: id }) ?? {};
      if (code !== undefined) this.violations.push(`${id} was answered with OK, and its status is ${code}: ${error}`);
    }
  }

  async #transaction(id: string): Promise<void> {
    const chance = this.#chance;
    const ok = await this.#start(id);
    await pause(chance.between(0, 500));
    const end = chance.weighted({ stop: 60, cancel: 12, forget: 13, power: 15 });
    if (end === "power") {
      this.#meter.powerOff();
      await pause(chance.between(0, 800));
      this.#meter.powerOn();
      await pause(chance.between(0, 800));
    }
    if (end === "cancel") await this.#untilOk("transaction.stop", "");
    if (end === "stop" || end === "power") {
      ok ? await this.#stop(id) : await this.#ask("transaction.stop", { transaction_id: id });
    }
  }

  /** @returns whether the answer was OK; a client may also forget the request before */
  async #start(id: string): Promise<boolean> {
    const tariffText = "x".repeat(this.#chance.happens(20) ? 250 : this.#chance.between(0, 200));
    const attempts = this.#chance.happens(10) ? 1 : maxAttempts;
    const answer = await this.#repeat("transaction.start", startBody(id, tariffText), attempts, (code) =>
      // The power failed before the answer was sent
      code === "TRANSACTION_FINISHED");
    if (answer?.status !== "OK") return false;
    this.started.push(id);
    return true;
  }

  async #stop(id: string): Promise<void> {
    const answer = await this.#repeat("transaction.stop", { transaction_id: id }, maxAttempts, (_code, error) =>
      // It began on a meter that has been replaced
      this.#mayhem.counts.swap > 0 && error.endsWith(exchanged));
    if (answer?.error?.endsWith(exchanged)) this.#late.push(id);
    else this.#check(id, answer);
  }

  /** Checks that the answer to a stop is the record of that transaction, as one meter has sealed it. */
  #check(id: string, answer: Answer | undefined): void {
    if (answer?.status !== "OK") return void this.violations.push(`the stop of ${id} was never answered with OK`);
    const record = answer.signed_meter_value?.signed_meter_data ?? "";
    if (!this.#site.meters.some(({ sealed }) => sealed.includes(record))) {
      this.violations.push(`the answer to the stop of ${id} is no sealed record`);
    }
    if (!record.includes(`<=>${id}"`)) this.violations.push(`the answer to the stop of ${id} is the record of another`);
  }

  async #untilOk(what: string, id: string): Promise<Answer | undefined> {
    const answer = await this.#repeat(what, { transaction_id: id }, maxAttempts, () => false);
    if (answer === undefined) this.violations.push(`${what} ${id} of ${this.#meter.name} was never answered with OK`);
    return answer;
  }

  async #repeat(
    what: string,
    body: Readonly<Record<string, unknown>>,
    attempts: number,
    ends: (code: string, error: string) => boolean,
  ): Promise<Answer | undefined> {
    for (let [attempt, unanswered] = [1, 0];; attempt++) {
      const wasDamaged = this.#mayhem.journal === "damage_seen";
      const removals = this.#mayhem.counts.remove;
      const answer = await this.#ask(what, body);
      const code = answer?.code;
      if (code === undefined && attempt === 1 && what === "transaction.start" && wasDamaged) {
        this.#expectRefusal(answer);
      }
      if (answer !== undefined && (code === undefined || ends(code, answer.error ?? ""))) return answer;
      if (code !== undefined && !this.#isPassing(code, answer?.error, removals)) {
        this.violations.push(`${what} ${body["transaction_id"]}: ${code} ${answer?.error}`);
        return answer;
      }
      if (answer === undefined) unanswered++;
      const isTooMany = attempt - unanswered >= attempts || unanswered >= maxUnanswered;
      if (attempts === 1 || isTooMany) return undefined;
      await pause(100);
    }
  }

  /** A journal that is known to be damaged accepts no new transaction. */
  #expectRefusal(answer: Answer | undefined): void {
    if (answer === undefined || this.#mayhem.journal !== "damage_seen") return;
    this.violations.push(`a transaction was begun on ${this.#meter.name} while the journal was damaged`);
  }

  /** @param removals number of removals of the journal when the request was sent */
  #isPassing(code: string, error: string | undefined, removals: number): boolean {
    if (code !== "JOURNAL_FAILED") return passing.includes(code);
    if (error !== undefined && / is damaged[:;]/.test(error)) this.#mayhem.noteDamage();
    return this.#mayhem.journal !== "sound" || this.#mayhem.counts.remove !== removals;
  }

  /** One request; undefined: no answer. */
  async #ask(what: string, body: object): Promise<Answer | undefined> {
    const subject = `wattseal.test.${this.#meter.name}.${what}`;
    const answer = this.#site.client.request(subject, JSON.stringify(body), { timeout: 15_000 })
      .then((message) => message.json<Answer>(), () => undefined);
    return await Promise.race([answer, this.#mayhem.disturbed.then(() => undefined)]);
  }
}
