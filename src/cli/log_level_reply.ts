import type { LogLevel } from "../base/log.ts";
import type { ControlReply } from "../control/mod.ts";
import type { ServiceLog } from "./log_sink.ts";

/** Sets the level of the log until the next reload, if one is given. @returns the present level and the configured one */
export function logLevelReply(level: LogLevel | undefined, log: ServiceLog): ControlReply {
  if (level !== undefined) log.useLevel(level);
  return { ok: true, level: log.level, configured: log.configuredLevel };
}
