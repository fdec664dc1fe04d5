import { errorText, withFields } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { minuteMs } from "../base/time.ts";
import { repeatedly } from "../base/waits.ts";
import type { MeterSettings } from "../config/mod.ts";
import {
  publishMeterEvent,
  publishTransactionEvent,
  type ServedMeter,
  TransactionApi,
  type Transport,
} from "../contract/mod.ts";
import { IntervalRecorder } from "../interval/mod.ts";
import { type Line, watchWrites } from "../line/mod.ts";
import { Meter, type MeterEvent, serialNumberIn } from "../meter/mod.ts";
import { checkSignedValue, type MeterTransactions, newMeterTransactions } from "../transaction/mod.ts";
import { MeterValues } from "./meter_values.ts";
import { spooledValues } from "./spooled_values.ts";
import { spreadOffset } from "./spread_offset.ts";
import type { StationParts } from "./station_parts.ts";
import type { VerdictCounts } from "./verdict_counts.ts";

/** Where a meter is, and when its live cycle begins. */
export interface StationMeterPlace {
  readonly line: Line;
  /** Start of the live cycle in the interval, 0 to 1. */
  readonly gridOffset: number;
}

/** One meter in service and its transactions. */
export class StationMeter {
  readonly settings: MeterSettings;
  readonly gridOffset: number;
  readonly meter: Meter;
  readonly transactions: MeterTransactions;
  /** The meter for a transport. */
  readonly served: ServedMeter;
  /** Its last values, for metrics. */
  readonly values: MeterValues;
  readonly #parts: StationParts;
  readonly #verdicts: VerdictCounts;
  readonly #problemLog: ProblemLog;
  readonly #intervalLog: ProblemLog;
  readonly #tasks: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  /** Undefined: the meter has no intervals. */
  readonly #intervals: IntervalRecorder | undefined;
  #isReplaced = false;

  /** @throws {JournalError} the journal cannot be read */
  constructor(
    settings: MeterSettings,
    { line, gridOffset }: StationMeterPlace,
    parts: StationParts,
    verdicts: VerdictCounts,
  ) {
    const { journal, time, failpoint, maySetClock } = parts;
    const { name, publicKeyFormat } = settings;
    const log = withFields(parts.log, { line: line.name, meter: name });
    this.settings = settings;
    this.gridOffset = gridOffset;
    this.#parts = parts;
    this.#verdicts = verdicts;
    this.#problemLog = new ProblemLog(parts.log, time, "error");
    this.#intervalLog = new ProblemLog(parts.log, time, "error");
    const options = {
      ...settings,
      lineName: line.name,
      knownSerialNumber: () => {
        const found = journal.place(name);
        return found && serialNumberIn(found.meterId);
      },
      hasBilled: () =>
        journal.lastTransaction(name) !== undefined || journal.records({ meter: name, limit: 1 }).length > 0,
      gridOffset,
      maySetClock,
    };
    this.meter = new Meter(options, failpoint === undefined ? line : watchWrites(line, failpoint), { time, log });
    const { meter } = this;
    this.transactions = newMeterTransactions({ meter, journal, time, log, publicKeyFormat }, failpoint);
    this.served = { ...settings, lineName: line.name, meter, transactions: new TransactionApi(this.transactions) };
    this.values = new MeterValues({ line: line.name, meter, transactions: this.transactions, journal, time });
    this.#intervals = this.#ifPossible(() => newRecorder(settings, parts));
  }

  get name(): string {
    return this.settings.name;
  }

  /** Starts to connect to the meter, and publishes its events. */
  start(transport: Transport): void {
    this.#tasks.push(this.#readMeter(transport), this.#readTransactions(transport));
    if (this.#intervals !== undefined) this.#tasks.push(this.#storeEachMinute(transport));
    this.meter.start();
  }

  /** The journal works again: writes that failed and records that stayed on the meter are retried at once. */
  resume(): void {
    this.meter.faults.clear("JournalFailed");
    void this.transactions.recover();
  }

  /** Stops polling, and ends when all events are published. Close the transactions first. */
  async stop(): Promise<void> {
    await this.meter.stop();
    this.#stopping.abort();
    await Promise.all(this.#tasks);
  }

  /**
   * Takes the meter out of service: refuses requests from the call on, and stops.
   *
   * @param isReplaced whether the meter is put into service again with other settings; it has no status `stopped` then
   */
  async retire(isReplaced: boolean): Promise<void> {
    this.#isReplaced = isReplaced;
    await this.transactions.close(
      isReplaced ? "its configuration is changing; repeat the request" : "it is no longer configured",
    );
    await this.stop();
  }

  async #readMeter(transport: Transport): Promise<void> {
    for await (const event of this.meter.events) {
      try {
        this.#onMeterEvent(transport, event);
      } catch (error) {
        this.#problemLog.failed("Cannot process an event of a meter", { meter: this.name, error: String(error) });
      }
    }
    this.#storeIntervals(transport);
  }

  /** Each meter at another time of the minute, so that their writes do not delay requests together. */
  async #storeEachMinute(transport: Transport): Promise<void> {
    const { time } = this.#parts;
    const { signal } = this.#stopping;
    await time.sleep(spreadOffset(this.name) * minuteMs, signal);
    if (!signal.aborted) this.#storeIntervals(transport);
    await repeatedly(() => this.#storeIntervals(transport), () => minuteMs, { time, signal });
  }

  #storeIntervals(transport: Transport): void {
    if (this.#ifPossible(() => this.#intervals?.store()) === true) transport.wakeIntervals();
  }

  /** Intervals must not stop the meter. @returns the result; undefined: an error, which is logged */
  #ifPossible<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#intervalLog.failed("Cannot make the intervals of a meter", { meter: this.name, error: errorText(error) });
      return undefined;
    }
  }

  async #readTransactions(transport: Transport): Promise<void> {
    for await (const event of this.transactions.events) {
      publishTransactionEvent(transport, this.name, event);
      if (event.kind === "record") this.#verdicts.add(event.seq);
    }
  }

  #onMeterEvent(transport: Transport, event: MeterEvent): void {
    const { meter, transactions, settings } = this;
    if (this.#isReplaced && event.kind === "state" && event.state === "stopped") return;
    if (event.kind === "reading" && settings.verifySignedValues) checkSignedValue(meter, event.reading);
    publishMeterEvent(transport, meter.name, event);
    if (event.kind === "reading") this.values.note(event.reading);
    const intervals = this.#intervals;
    if (intervals !== undefined && this.#ifPossible(() => addValues(intervals, event)) === true) {
      transport.wakeIntervals();
    }
    if (event.kind === "identified" && event.previous !== undefined) this.values.forget();
    if (event.kind === "identified" || event.kind === "recognised") void transactions.recover();
    if (event.kind === "ocmf_state") transactions.observe(event.state);
    if (event.kind === "fault" && event.fault.subType === "JournalFailed") this.#parts.onJournalFailed();
  }
}

function newRecorder(
  { name: meter, intervalMinutes }: MeterSettings,
  { intervals: store, spool, time, clockSynchronised = () => undefined }: StationParts,
): IntervalRecorder | undefined {
  if (intervalMinutes === "off" || store === undefined) return undefined;
  const lateValues = spool && ((takenAfterMs: number) => spooledValues(spool, meter, takenAfterMs));
  return new IntervalRecorder({ meter, intervalMinutes, store, time, clockSynchronised, lateValues });
}

/** @returns whether an interval is final and stored */
function addValues(intervals: IntervalRecorder, event: MeterEvent): boolean {
  if (event.kind === "energies") return intervals.add({ ...event.energies, isReading: false });
  if (event.kind !== "reading") return false;
  const { powerW, ...reading } = event.reading;
  return intervals.add({
    ...reading,
    ...(powerW?.total === undefined ? {} : { powerW: powerW.total }),
    isReading: true,
  });
}
