import type { Settings } from "../config/mod.ts";
import type { Account } from "./account.ts";

/** Where the configuration of the command `everest` is. */
export interface EverestFile {
  /** Its path. */
  readonly path: string;
  /** A file with values for `${NAME}`, which need not exist; undefined: only the environment has values. */
  readonly envFile?: string | undefined;
}

/** What a check needs to know. */
export interface Examined {
  /** The configuration. */
  readonly settings: Settings;
  /** Path of the configuration. */
  readonly config: string;
  /** The configuration of the command `everest`; undefined: there is none. */
  readonly everest: EverestFile | undefined;
  /** Returns the value of an environment variable, or undefined if it is not set. */
  readonly env: (name: string) => string | undefined;
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
