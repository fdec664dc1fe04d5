import { join } from "node:path";
import { hourMs } from "../base/time.ts";
import { NoSpool } from "./no_spool.ts";
import type { Spool } from "./spool.ts";
import { type SpoolDeps, StoredSpool } from "./stored_spool.ts";

/** Where readings wait, and the limits, which are read each time they are used. */
export interface SpoolOptions {
  /** `off`: readings are not stored; `memory`: until the process ends; `disk`: in `spool.db`, across restarts. */
  readonly mode: "off" | "memory" | "disk";
  /** Hours, at least 1. */
  readonly maxAgeHours: number;
  /** Megabytes of 1000000 bytes, at least 1. */
  readonly maxMb: number;
  /** An existing folder that no other process uses. */
  readonly folder: string;
}

/** Opens the spool. Never fails: if the file cannot be used, an error is logged and readings are dropped. */
export function openSpool(options: SpoolOptions, deps: SpoolDeps): Spool {
  const { mode, folder } = options;
  if (mode === "off") return new NoSpool();
  const limits = {
    get maxAgeMs() {
      return options.maxAgeHours * hourMs;
    },
    get maxBytes() {
      return options.maxMb * megabyte;
    },
  };
  return new StoredSpool(mode === "disk" ? join(folder, "spool.db") : undefined, limits, deps);
}

const megabyte = 1_000_000;
