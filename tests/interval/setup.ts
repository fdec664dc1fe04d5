import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minuteMs } from "../../src/base/time.ts";
import { IntervalRecorder, IntervalStore, type MeterValues } from "../../src/interval/mod.ts";
import { Logged } from "../nats/logged.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { short, startMs } from "./samples.ts";

/** A folder of state, and the processes that use it one after the other. */
export class Setup implements Disposable {
  readonly folder = ramFolder();
  readonly log = new Logged();
  readonly time = new FakeTime(startMs);
  isSynchronised: boolean | undefined = true;
  store = this.#open();

  #open(): IntervalStore {
    return new IntervalStore(this.folder, this);
  }

  /** Ends the process without a last call, as a kill does. */
  kill(): void {
    this.store.close();
    this.store = this.#open();
  }

  /** @param late values of an earlier process */
  recorder(intervalMinutes = 15, late: readonly MeterValues[] = []): IntervalRecorder {
    const { store, time } = this;
    return new IntervalRecorder({
      meter: "evse-1",
      intervalMinutes,
      store,
      time,
      lateValues: () => late,
      clockSynchronised: () => this.isSynchronised,
    });
  }

  /** A reading now, with 10 Wh more in each minute since the start. */
  read(recorder: IntervalRecorder, meterId = "A"): boolean {
    const takenAtMs = this.time.now();
    const energyImportWh = Math.floor((this.time.mono() * 10) / minuteMs);
    return recorder.add({ meterId, takenAtMs, energyImportWh, powerW: 600, isReading: true });
  }

  /** A reading each minute, from now until before this minute after the start. */
  async readEachMinute(recorder: IntervalRecorder, untilMinute: number, meterId?: string): Promise<void> {
    for (; this.time.mono() < untilMinute * minuteMs; await this.time.advance(minuteMs)) {
      this.read(recorder, meterId);
      recorder.store();
    }
  }

  get waiting(): string[] {
    return this.store.waiting(10, []).map(({ meter, interval }) => `${meter} ${short(interval)}`);
  }

  /** Damages the open file, so that the next use reports it. */
  damage(): void {
    const path = join(this.folder, "intervals.db");
    const other = new DatabaseSync(path);
    // The process must read the file again
    other.exec("PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE)");
    other.close();
    using file = Deno.openSync(path, { write: true });
    file.seekSync(100, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array(50_000).fill(0xff));
  }

  [Symbol.dispose](): void {
    this.store.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}
