import { join } from "node:path";
import { openSpool, type Spool, type SpoolDeps, type SpooledReading, type SpoolOptions } from "../../src/spool/mod.ts";
import { Logged } from "../nats/logged.ts";
import { FakeTime } from "../support/fake_time.ts";

/** The wall clock at the start. */
export const startMs = Date.UTC(2026, 0, 31, 8);
export const hourMs = 3_600_000;

/** A reading of this many seconds after the start. */
export function reading(second: number, bytes = 100): SpooledReading {
  return {
    meter: "evse-1",
    messageId: `BY1:${second}`,
    takenAtMs: startMs + second * 1000,
    payload: `{"at":${second},"text":"${"x".repeat(bytes)}"}`,
  };
}

/** Readings of these seconds after the start. */
export function readings(from: number, to: number, bytes = 100): SpooledReading[] {
  return Array.from({ length: to - from }, (_, place) => reading(from + place, bytes));
}

/** The times of readings in seconds after the start. */
export function seconds(waiting: readonly SpooledReading[]): number[] {
  return waiting.map(({ takenAtMs }) => (takenAtMs - startMs) / 1000);
}

/** A state folder, a fake clock and a log. */
export class Setup implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "wattseal-test-" });
  readonly time = new FakeTime(startMs);
  readonly log = new Logged();

  open(options: Partial<SpoolOptions> = {}, deps: Partial<SpoolDeps> = {}): Spool & Disposable {
    const all = { mode: "disk", maxAgeHours: 72, maxMb: 256, folder: this.folder, ...options } as const;
    const spool = openSpool(all, { time: this.time, log: this.log, ...deps });
    return Object.assign(spool, { [Symbol.dispose]: () => spool.close() });
  }

  get path(): string {
    return join(this.folder, "spool.db");
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
