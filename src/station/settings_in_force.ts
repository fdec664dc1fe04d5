import { clockProblem } from "../base/machine_clock.ts";
import { minuteMs } from "../base/time.ts";
import type { Settings } from "../config/mod.ts";

const megabyte = 1_000_000;

/** The settings in force, and their values for parts that read them each time they use them. */
export class SettingsInForce {
  /** A reload replaces them. */
  settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** The limits of the checks of the process. */
  get nodeLimits(): { undeliveredMs: number; minFreeBytes: number; requireSync: boolean } {
    const { journal, clock } = this.settings;
    return {
      undeliveredMs: journal.alarmUndeliveredMinutes * minuteMs,
      minFreeBytes: journal.alarmFreeMb * megabyte,
      requireSync: clock.requireSync,
    };
  }

  /**
   * Whether the machine's clock is reliable.
   *
   * @param synchronised undefined: unknown
   */
  isClockGood(nowMs: number, synchronised: boolean | undefined): boolean {
    const { requireSync } = this.settings.clock;
    return clockProblem({ nowMs, synchronised, requireSync }) === undefined;
  }

  /** Place and limits of the spool; the place stays that of the start. */
  spool(): Settings["spool"] & { readonly folder: string } {
    const current = () => this.settings.spool;
    return {
      mode: current().mode,
      folder: this.settings.stateDir,
      get maxAgeHours() {
        return current().maxAgeHours;
      },
      get maxMb() {
        return current().maxMb;
      },
    };
  }
}
