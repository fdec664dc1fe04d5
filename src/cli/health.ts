import { askService, ControlError, type ControlReply } from "../control/mod.ts";
import type { HealthArguments } from "./health_arguments.ts";
import { type HealthReport, healthyText, problemText, type ReportedProblem } from "./health_text.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { stateFolder } from "./state_folder.ts";

/** How long the service may take to answer. It needs some milliseconds. */
const answerMs = 5_000;

/**
 * Prints the problems of the running service, one line a problem, or one line if there is none. A service that does not
 * answer is a problem, too.
 *
 * @returns the exit code: 0 no problem, 1 problems, 2 the arguments determine no state folder
 */
export async function health(args: HealthArguments, io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  const folder = await stateFolder(args, io);
  if (folder === undefined) return exitCode.usage;
  const report = await reportOf(folder);
  const { problems } = report;
  if (args.json) io.out(jsonLine({ healthy: problems.length === 0, ...report }));
  else if (problems.length > 0) io.out(lines(...problems.map(problemText)));
  else if ("site" in report) io.out(lines(healthyText(report)));
  return problems.length === 0 ? exitCode.done : exitCode.failed;
}

async function reportOf(folder: string): Promise<HealthReport | Pick<HealthReport, "problems">> {
  try {
    const reply = await askService(folder, { command: "health" }, answerMs);
    if (isReport(reply)) {
      const { site, version, lines, meters, problems } = reply;
      return { site, version, lines, meters, problems };
    }
    return {
      problems: [unanswered(reply.ok ? "The service has another version: its answer is unknown" : reply.error)],
    };
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    if (error.code !== "no_service") return { problems: [unanswered(error.message)] };
    const { lockHolder } = await import("../journal/mod.ts");
    const holder = lockHolder(folder);
    const message = holder === undefined
      ? `${error.message}; start it, or name its configuration with --config`
      : `The service runs (process ${holder}), but without its control socket in ${folder}; its log has the reason`;
    return { problems: [unanswered(message)] };
  }
}

function unanswered(message: string): ReportedProblem {
  return { severity: "High", message };
}

function isReport(reply: ControlReply): reply is ControlReply & { ok: true } & HealthReport {
  return reply.ok && typeof reply["site"] === "string" && Array.isArray(reply["problems"]);
}
