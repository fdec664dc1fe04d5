import { resolve } from "node:path";
import type { ControlReply } from "../control/mod.ts";
import { askOrReport } from "./ask_or_report.ts";
import { exitCode, type Io } from "./io.ts";
import { reloadText } from "./reload_text.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { stateFolder, type StateFolderOptions } from "./state_folder.ts";

/** The service stops and opens lines meanwhile, and a silent meter delays that. */
const replyMs = 120_000;

/** Which service reloads, and how the outcome is printed. */
export interface ReloadArguments extends StateFolderOptions {
  readonly json: boolean;
}

/**
 * Asks the running service to read its configuration file again, and prints what has changed and what waits.
 *
 * @returns the exit code: 0 it is in force, 1 it needs a restart or failed, 2 the file has mistakes, 3 no service
 */
export async function reload(args: ReloadArguments, io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  const folder = await stateFolder(args, io);
  if (folder === undefined) return exitCode.usage;
  const hint = args.stateDir !== undefined
    ? ""
    : "; if the file names another state_dir than before, name the one of the running service with --state-dir";
  const reply = await askOrReport(folder, { request: { command: "reload" }, replyMs, hint, json: args.json }, io);
  if (typeof reply === "number") return reply;
  if (args.json) io.out(jsonLine(reply));
  else print(reply, args.config, io);
  if (reply.ok) return exitCode.done;
  return reply.problems === undefined ? exitCode.failed : exitCode.usage;
}

function print(reply: ControlReply, config: string | undefined, io: Pick<Io, "out" | "err">): void {
  if (!reply.ok) return io.err(lines(...reply.problems ?? [], reply.error));
  const [applied, waiting, warnings] = [texts(reply["applied"]), texts(reply["waiting"]), texts(reply["warnings"])];
  const file = String(reply["file"]);
  for (const warning of warnings) io.err(lines(`warning: ${warning}`));
  if (config !== undefined && resolve(config) !== file) {
    io.err(lines(`warning: this service uses the configuration ${file}, not ${config}`));
  }
  io.out(lines(`${file} is in force: ${reloadText(applied, waiting)}`, ...[...applied, ...waiting].map(indented)));
}

function indented(text: string): string {
  return `  ${text}`;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
