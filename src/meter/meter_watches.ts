import type { Feed } from "../base/feed.ts";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { awaitBilling } from "./await_billing.ts";
import { type BoundaryPollOptions, pollBoundaries } from "./boundary_poll.ts";
import type { MeterClock } from "./clock.ts";
import { watchDeviceState } from "./device_state.ts";
import type { MeterFaults } from "./faults.ts";
import { watchLineNoise } from "./line_noise.ts";
import type { MeterOptions } from "./meter_options.ts";
import type { ReadFailures } from "./read_failures.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { PollTask } from "./run_together.ts";
import type { EnergyReading, Identity, MeterEvent } from "./types.ts";
import { watchWiring } from "./wiring.ts";

/** What the watches of a meter work with. */
export interface MeterWatchesDeps {
  readonly options: MeterOptions;
  /** Whether a meter that cannot bill may be able to later. */
  readonly mayBillLater: boolean;
  readonly recognition: BoundaryPollOptions["recognition"];
  /** Absent where the meter has no time registers. */
  readonly clock: MeterClock | undefined;
  readonly events: Pick<Feed<MeterEvent>, "push">;
  readonly faults: MeterFaults;
  readonly readFailures: ReadFailures;
  readonly time: Time;
  readonly log: Log;
}

/** What is done beside the live readings of a meter: each task runs until its signal is aborted. */
export function meterWatches(registers: RegisterAccess, identity: Identity, deps: MeterWatchesDeps): PollTask[] {
  const { options, mayBillLater, recognition, clock, events, faults, readFailures, time, log } = deps;
  const { code, billing, layout: { model } } = identity;
  const { deviceState } = model;
  const health = (signal: AbortSignal) => registers.with({ priority: "health", signal });
  const tasks: PollTask[] = [
    (signal) => watchLineNoise(registers, { name: options.name, faults, time, log }, signal),
    (signal) => watchWiring(health(signal), model, { faults, time }, signal),
  ];
  if (deviceState !== undefined) {
    const grid = { intervalMs: options.deviceStateReadIntervalMs, offset: options.gridOffset ?? 0 };
    const watch = { deviceState, ...grid, faults, readFailures, time };
    tasks.push((signal) => watchDeviceState(health(signal), watch, signal));
  }
  const { intervalMinutes, invert } = options;
  if (intervalMinutes !== "off") {
    const onEnergies = (energies: EnergyReading) => events.push({ kind: "energies", energies });
    const poll = { identity, intervalMinutes, invert, recognition, onEnergies, readFailures, time };
    tasks.push((signal) => pollBoundaries(registers.with({ signal }), poll, signal));
  }
  if (!billing.able && mayBillLater) tasks.push((signal) => awaitBilling(health(signal), { code, time }, signal));
  if (clock !== undefined) tasks.push((signal) => clock.keepSet(health(signal), signal));
  return tasks;
}
