import type { Settings } from "../config/mod.ts";
import type { Account } from "./account.ts";

/** What a check needs to know. */
export interface Examined {
  /** The configuration. */
  readonly settings: Settings;
  /** Path of the configuration. */
  readonly config: string;
  /** The user whose permissions are checked. */
  readonly account: Account;
  /** The process that uses the state folder; undefined: none. */
  readonly servicePid: number | undefined;
  /** Folder with `etc`, `proc` and `sys`. */
  readonly root: string;
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
  /** Whether this machine's clock is synchronised; undefined: unknown. */
  readonly clockSynchronised: boolean | undefined;
}
