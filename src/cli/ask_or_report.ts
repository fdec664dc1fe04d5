import { askService, ControlError, type ControlReply, type ControlRequest } from "../control/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** The question of a command to the running service. */
export interface Question {
  readonly request: ControlRequest;
  /** How long the service may take. */
  readonly replyMs: number;
  /** What else to do if no service runs; empty: nothing. */
  readonly hint: string;
  /** Whether the reason is printed as the JSON of a refusal: on standard output. */
  readonly json: boolean;
}

/** Asks the running service. @returns its reply, or the exit code if there is none; the reason is printed then */
export async function askOrReport(
  folder: string,
  { request, replyMs, hint, json }: Question,
  io: Pick<Io, "out" | "err">,
): Promise<ControlReply | number> {
  try {
    return await askService(folder, request, replyMs);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const reason = `${error.message}${error.code === "no_service" ? hint : ""}`;
    if (json) io.out(jsonLine({ ok: false, error: reason }));
    else io.err(lines(reason));
    return error.code === "timeout" || error.code === "failed" ? exitCode.failed : exitCode.unreachable;
  }
}
