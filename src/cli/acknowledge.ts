import { askOrReport } from "./ask_or_report.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { stateFolder, type StateFolderOptions } from "./state_folder.ts";

/** The service waits for the current request to the meter. */
const replyMs = 30_000;

/** Which fault of which meter is acknowledged. */
export interface AcknowledgeArguments extends StateFolderOptions {
  readonly meter: string;
  readonly fault: string;
  readonly json: boolean;
}

/**
 * Acknowledges a fault of a meter that stays until then.
 *
 * @returns the exit code: 0 acknowledged, or the meter does not have the fault; 1 refused, 2 wrong usage, 3 no service
 */
export async function acknowledge(args: AcknowledgeArguments, io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  const { meter, fault, json } = args;
  const folder = await stateFolder(args, io);
  if (folder === undefined) return exitCode.usage;
  const request = { command: "acknowledge", meter, fault } as const;
  const reply = await askOrReport(folder, { request, replyMs, hint: "", json }, io);
  if (typeof reply === "number") return reply;
  if (json) io.out(jsonLine(reply));
  else if (!reply.ok) io.err(lines(reply.error));
  else if (reply["acknowledged"] === true) io.out(lines(`Acknowledged ${fault} of meter ${meter}`));
  else io.out(lines(`Nothing to do: meter ${meter} does not have the fault ${fault}`));
  return reply.ok ? exitCode.done : exitCode.failed;
}
