import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLogs } from "../base/problem_log.ts";
import { faultKinds, type FaultSubType, type MeterFault } from "./faults.ts";

/** Faults that are logged where they are detected. */
const loggedElsewhere: readonly FaultSubType[] = ["CommunicationError", "LineNoisy", "JournalFailed"];

/** Logs the faults of a meter, so that the log and the published faults agree; repetitions are counted. */
export class FaultLog {
  readonly #errors: ProblemLogs<FaultSubType>;
  readonly #warnings: ProblemLogs<FaultSubType>;

  constructor(log: Log, time: Pick<Time, "mono">) {
    this.#errors = new ProblemLogs(log, time, "error");
    this.#warnings = new ProblemLogs(log, time, "warn");
  }

  /** Logs a fault that was raised, changed or cleared. */
  note({ subType, active, message }: MeterFault): void {
    if (loggedElsewhere.includes(subType)) return;
    const log = (faultKinds[subType].severity === "High" ? this.#errors : this.#warnings).of(subType);
    if (active) log.failed(message, { fault: subType });
    else log.over(`Fault cleared: ${message}`, { fault: subType });
  }
}
