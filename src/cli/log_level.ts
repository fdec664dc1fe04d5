import type { LogLevel } from "../base/log.ts";
import { askOrReport } from "./ask_or_report.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { stateFolder, type StateFolderOptions } from "./state_folder.ts";

const replyMs = 10_000;

/** Which service logs, and the level to set. */
export interface LogLevelArguments extends StateFolderOptions {
  /** @default only prints the present level */
  readonly level?: LogLevel;
  readonly json: boolean;
}

/**
 * Prints the log level of the running service, or sets it until the next reload or restart.
 *
 * @returns the exit code: 0 done, 1 refused, 2 wrong usage, 3 no service
 */
export async function logLevel(args: LogLevelArguments, io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  const folder = await stateFolder(args, io);
  if (folder === undefined) return exitCode.usage;
  const request = { command: "log_level", ...(args.level && { level: args.level }) } as const;
  const reply = await askOrReport(folder, { request, replyMs, hint: "", json: args.json }, io);
  if (typeof reply === "number") return reply;
  if (args.json) io.out(jsonLine(reply));
  else if (!reply.ok) io.err(lines(reply.error));
  else io.out(lines(levelText(String(reply["level"]), String(reply["configured"]), args.level !== undefined)));
  return reply.ok ? exitCode.done : exitCode.failed;
}

function levelText(level: string, configured: string, isSet: boolean): string {
  const until = level === configured ? "" : ` until the next reload or restart; the configuration has ${configured}`;
  return isSet ? `The log level is ${level}${until}` : `${level}${until === "" ? "" : ` (${until.trimStart()})`}`;
}
