import { errorText, type Log } from "../base/log.ts";
import { RenewedFile } from "../base/renewed_file.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { within } from "../base/waits.ts";
import type { Spool, SpooledReading, WaitingReading } from "./spool.ts";
import { SpoolClock } from "./spool_clock.ts";
import { type DroppedCounts, SpoolFile, type SpoolLimits } from "./spool_file.ts";

/** Dependencies of a spool. */
export interface SpoolDeps {
  readonly time: Time;
  readonly log: Log;
  /** Whether the wall clock is synchronised; undefined: unknown. @default undefined */
  readonly clockSynchronised?: () => boolean | undefined;
}

/** A spool in a database, in memory or on disk. */
export class StoredSpool implements Spool {
  readonly #path: string | undefined;
  readonly #limits: SpoolLimits;
  readonly #time: Time;
  readonly #clock: SpoolClock;
  readonly #failure: ProblemLog;
  readonly #writing: ProblemLog;
  readonly #dropping: ProblemLog;
  readonly #file: RenewedFile<SpoolFile>;
  #pending: SpooledReading[] = [];
  #timer: AbortController | undefined;
  #dropped = 0;
  #dropReason: string | undefined;
  #closed = false;

  /** @param path undefined: in memory */
  constructor(path: string | undefined, limits: SpoolLimits, { time, log, clockSynchronised }: SpoolDeps) {
    this.#path = path;
    this.#limits = limits;
    this.#time = time;
    this.#clock = new SpoolClock(time, clockSynchronised ?? (() => undefined));
    this.#failure = new ProblemLog(log, time, "error");
    this.#writing = new ProblemLog(log, time, "error");
    this.#dropping = new ProblemLog(log, time);
    this.#file = new RenewedFile({
      path,
      open: () => new SpoolFile(path, this.#clock, (failure) => this.#noteMove(failure)),
      onRenewed: (damage, damaged, movedTo) => {
        const lost = damaged?.count ?? 0;
        if (lost > 0) this.countLost(lost, `the spool ${path} was damaged`);
        log.warn("The spool was damaged and has been renamed; a new spool is started", {
          movedTo,
          reason: errorText(damage),
          readings: lost,
        });
      },
    });
    const found = this.#use((file) => file.count, 0);
    if (found > 0) log.info("Readings of an earlier run wait for publication", { readings: found });
  }

  get size(): number {
    return (this.#file.data?.count ?? 0) + this.#pending.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get dropReason(): string | undefined {
    return this.#dropReason;
  }

  add(readings: readonly SpooledReading[]): void {
    this.#pending.push(...readings);
    if (this.#closed || this.#pending.length >= batch) this.#store();
    else this.#scheduleStore();
  }

  oldest(limit: number, except: readonly string[] = []): WaitingReading[] {
    this.#store();
    return this.#use((file) => {
      this.#countDropped({ tooOld: file.dropOld(this.#limits), noRoom: 0 });
      return file.oldest(limit, except);
    }, []);
  }

  since(meter: string, takenAfterMs: number, limit: number): WaitingReading[] {
    this.#store();
    return this.#use((file) => file.since(meter, takenAfterMs, limit), []);
  }

  remove(readings: readonly WaitingReading[]): boolean {
    const removed = this.#use((file) => {
      file.remove(readings);
      return true;
    }, false);
    if (this.size === 0) this.#dropping.over("The spool is empty again", { dropped: this.#dropped });
    return removed;
  }

  async ready(): Promise<void> {
    const moving = this.#file.data?.moving;
    if (moving !== undefined) await within(moving, maxMoveMs, this.#time);
  }

  countLost(count: number, reason: string): void {
    this.#dropped += count;
    this.#dropReason = reason;
  }

  close(): void {
    this.#store();
    this.#closed = true;
    this.#file.close();
  }

  async #scheduleStore(): Promise<void> {
    if (this.#timer !== undefined) return;
    const timer = new AbortController();
    this.#timer = timer;
    await this.#time.sleep(batchMs, timer.signal);
    // A write now would keep the log that is being moved: on a slow disk, it would become ever longer
    const moving = this.#file.data?.moving;
    if (moving !== undefined) await Promise.race([moving, this.#time.sleep(maxMoveMs, timer.signal)]);
    if (!timer.signal.aborted) this.#store();
  }

  #store(): void {
    this.#timer?.abort();
    this.#timer = undefined;
    const readings = this.#pending;
    if (readings.length === 0) return;
    this.#pending = [];
    const dropped = this.#use((file) => file.add(readings, this.#limits), undefined);
    if (dropped === undefined) this.countLost(readings.length, `the spool ${this.#path ?? "in memory"} cannot be used`);
    else this.#countDropped(dropped);
  }

  #countDropped({ tooOld, noRoom }: DroppedCounts): void {
    if (tooOld + noRoom === 0) return;
    this.countLost(
      tooOld + noRoom,
      noRoom > 0
        ? "the spool has no room for more (`spool.max_mb`, or the disk is full)"
        : "readings waited in the spool longer than `spool.max_age_hours`",
    );
    this.#dropping.failed("The oldest readings in the spool are dropped", {
      reason: noRoom > 0 ? "no room" : "too old",
    });
  }

  #use<T>(work: (file: SpoolFile) => T, fallback: T): T {
    if (this.#closed) return fallback;
    try {
      const result = this.#file.use(work);
      this.#failure.over("The spool can be used again", { spool: this.#path });
      return result;
    } catch (error) {
      this.#noteFailure(error);
      return fallback;
    }
  }

  #noteMove(failure: unknown): void {
    const spool = this.#path;
    if (failure === undefined) return this.#writing.over("The spool is written to the disk again", { spool });
    this.#writing.failed(
      "Cannot write the spool to the disk now: a power cut would lose readings that wait; check the disk",
      { spool, reason: errorText(failure) },
    );
  }

  #noteFailure(error: unknown): void {
    this.#failure.failed(
      "Cannot use the spool, so readings are dropped while NATS is not reachable; free disk space there",
      { spool: this.#path, reason: errorText(error) },
    );
  }
}

/** One step writes this many readings, or the readings of this many milliseconds, to the disk. */
const batch = 200;
const batchMs = 1_000;
/** So long readings wait in memory until the log is moved. */
const maxMoveMs = 5_000;
