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
