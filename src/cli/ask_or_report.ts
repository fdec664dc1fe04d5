import { askService, ControlError, type ControlReply, type ControlRequest } from "../control/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** The question of a command to the running service. */
export interface Question {
  readonly request: ControlRequest;
  /** How long the service may take. */
  readonly replyMs: number;
  /** What else to do if no service runs; empty: nothing. */
  readonly hint: string;
}

/** Asks the running service. @returns its reply, or the exit code if there is none; standard error then has the reason */
export async function askOrReport(
  folder: string,
  { request, replyMs, hint }: Question,
  io: Pick<Io, "err">,
): Promise<ControlReply | number> {
  try {
    return await askService(folder, request, replyMs);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    io.err(lines(`${error.message}${error.code === "no_service" ? hint : ""}`));
    return error.code === "timeout" || error.code === "failed" ? exitCode.failed : exitCode.unreachable;
  }
}
