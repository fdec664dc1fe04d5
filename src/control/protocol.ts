import type { LogLevel } from "../base/log.ts";
import { ControlError } from "./control_error.ts";

/** A request to the running service. */
export type ControlRequest =
  | { readonly command: "health" | "reload" }
  | { readonly command: "forget"; readonly meter: string }
  | { readonly command: "acknowledge"; readonly meter: string; readonly fault: string }
  | { readonly command: "log_level"; readonly level?: LogLevel };

/** The answer of the service, with the fields of the command if it was carried out. */
export type ControlReply =
  | { readonly ok: true; readonly [field: string]: unknown }
  | { readonly ok: false; readonly error: string; readonly problems?: readonly string[] };

/** What the service does for each command. A command without a handler is answered as not supported. */
export interface ControlHandlers {
  /** Reports the problems of the service. */
  health?(): ControlReply | Promise<ControlReply>;
  /** Reads the configuration again. */
  reload?(): ControlReply | Promise<ControlReply>;
  /** Removes the states of a meter that is no longer configured. */
  forget?(meter: string): ControlReply | Promise<ControlReply>;
  /** Acknowledges a fault of a meter that stays until then. */
  acknowledge?(meter: string, fault: string): ControlReply | Promise<ControlReply>;
  /** Sets the level of the log, if one is given, and reports the present one. */
  logLevel?(level: LogLevel | undefined): ControlReply | Promise<ControlReply>;
}

/** `sun_path` of Linux has 108 bytes with the final zero. */
const maxPathBytes = 107;

/**
 * The path of the control socket of the service with this state folder.
 *
 * @throws {ControlError} path_too_long
 */
export function controlSocketPath(stateDir: string): string {
  // `node:path` alone would take a third of the time of `health`
  const path = `${stateDir.replace(/\/+$/, "")}/control.sock`;
  const bytes = new TextEncoder().encode(path).length;
  if (bytes <= maxPathBytes) return path;
  throw new ControlError(
    "path_too_long",
    `The path of the control socket ${path} has ${bytes} bytes, but at most ${maxPathBytes} are possible; configure a ` +
      "shorter state_dir",
  );
}

/** The longest request. */
export const maxRequestBytes = 4_096;
/** The longest reply. A site with hundreds of meters, each with several faults, needs less than a megabyte. */
export const maxReplyBytes = 16_000_000;
