import assert from "node:assert/strict";
import type { Log } from "../../src/base/log.ts";
import { Meter } from "../../src/meter/mod.ts";
import type { MeterEvent, MeterFault, MeterOptions, Reading } from "../../src/meter/mod.ts";
import { FakeBus } from "../support/fake_bus.ts";
import { FakeTime } from "../support/fake_time.ts";
import { defaultMeterSettings } from "../support/meter_settings.ts";
import { setEm340, setEm580 } from "../support/meter_words.ts";

/** The default settings of a meter, with an offset of one hour from UTC. */
export const defaults: MeterOptions = { ...defaultMeterSettings(), lineName: "rs485-1", timezoneOffsetMinutes: 60 };

/** A meter on a scripted line, with its events, faults and log. */
export class Rig {
  readonly time = new FakeTime();
  readonly bus: FakeBus;
  readonly meter: Meter;
  readonly events: MeterEvent[] = [];
  readonly logged: string[] = [];
  /** Resolves when the meter's feed ends. */
  readonly over: Promise<void>;

  constructor(kind: "em580" | "em340", options: Partial<MeterOptions> = {}) {
    this.bus = new FakeBus(this.time);
    if (kind === "em580") setEm580(this.bus);
    else setEm340(this.bus);
    const note = (level: string) => (message: string) => void this.logged.push(`${level} ${message}`);
    const log: Log = { error: note("error"), warn: note("warn"), info: note("info"), debug: note("debug") };
    this.meter = new Meter({ ...defaults, ...options }, this.bus, { time: this.time, log });
    this.over = this.#collect();
  }

  /** Starts the meter and waits until it is online. */
  async online(): Promise<this> {
    this.meter.start();
    await this.time.advanceUntil(() => this.meter.state === "online");
    return this;
  }

  /** Stops the meter while time advances. */
  async stop(): Promise<void> {
    let stopped = false;
    const stopping = this.meter.stop().then(() => stopped = true);
    await this.time.advanceUntil(() => stopped);
    await stopping;
    await this.over;
  }

  /** Awaits `work` while time advances. */
  async during<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => settled = true;
    work.then(done, done);
    await this.time.advanceUntil(() => settled);
    return await work;
  }

  get readings(): Reading[] {
    return this.events.flatMap((event) => event.kind === "reading" ? [event.reading] : []);
  }

  get faults(): MeterFault[] {
    return this.events.flatMap((event) => event.kind === "fault" ? [event.fault] : []);
  }

  /** `connecting, online, raised CommunicationError, ...` without readings. */
  get course(): string[] {
    return this.events.flatMap((event) => {
      if (event.kind === "state") return [event.state];
      if (event.kind === "fault") return [`${event.fault.active ? "raised" : "cleared"} ${event.fault.subType}`];
      return event.kind === "identified" ? ["identified"] : [];
    });
  }

  async #collect(): Promise<void> {
    for await (const event of this.meter.events) this.events.push(event);
  }
}

/** A meter that is online, and silent until its next reading. */
export async function settledRig(): Promise<Rig> {
  const rig = await new Rig("em580", { deviceStateReadIntervalMs: 60_000 }).online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  rig.bus.forget();
  return rig;
}

/** Runs a meter until its first reading. */
export async function firstReading(rig: Rig): Promise<Reading> {
  await rig.online();
  await rig.time.advanceUntil(() => rig.readings.length > 0);
  await rig.stop();
  const [reading] = rig.readings;
  assert.ok(reading !== undefined);
  return reading;
}

/** Options of a meter that is read so rarely that a test sees other requests only. */
export const quiet = { liveMeasurementIntervalMs: 60_000, deviceStateReadIntervalMs: 60_000 };

/** The requests for the registers of the time and its offset, as {@linkcode FakeBus.seen} writes them. */
export function clockCalls({ bus }: Pick<Rig, "bus">): string[] {
  return bus.calls.flatMap(({ address }, index) => [0x7031, 0x7032].includes(address) ? bus.seen[index] ?? [] : []);
}
