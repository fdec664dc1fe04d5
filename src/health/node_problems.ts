import type { HealthProblem } from "../base/health_problem.ts";
import { countText } from "../base/text.ts";
import { minuteMs, timestamp } from "../base/time.ts";
import { JournalError, type LiveJournal } from "../journal/mod.ts";
import { type NodeFault, nodeFaultKinds } from "./node_faults.ts";

/** A record that waits no longer than this is being delivered. */
const deliveryMs = minuteMs;

/** What can be wrong with the process. */
export interface NodeProblemSource {
  /** The faults that are raised now. */
  readonly faults: readonly NodeFault[];
  /** Problems with NATS, each a sentence. */
  readonly natsProblems: readonly string[];
  readonly journal: Pick<LiveJournal, "undelivered" | "longestWaiting">;
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
}

/** The present problems of the process: its faults, and what is not a fault yet. */
export function nodeProblems({ faults, natsProblems, journal, nowMs }: NodeProblemSource): HealthProblem[] {
  const ofFaults = faults.map(({ subType: fault, message, sinceMs }): HealthProblem => {
    return { severity: nodeFaultKinds[fault].severity, fault, message, sinceMs };
  });
  // Some faults consist of these sentences
  const others = natsProblems.filter((text) => !faults.some(({ message }) => message.includes(text)));
  const ofNats = others.map((message): HealthProblem => ({ severity: "Medium", message }));
  return [...ofFaults, ...ofNats, ...undeliveredRecords(journal, nowMs)];
}

function undeliveredRecords(journal: NodeProblemSource["journal"], nowMs: number): HealthProblem[] {
  try {
    const sinceMs = journal.longestWaiting()?.sinceMs;
    if (sinceMs === undefined || nowMs - sinceMs < deliveryMs) return [];
    const count = journal.undelivered();
    const message = `${countText(count, "record")} wait${count === 1 ? "s" : ""} for delivery, the oldest since ${
      timestamp(sinceMs)
    }; nothing is lost; check NATS and JetStream`;
    return [{ severity: "Low", message, sinceMs }];
  } catch (error) {
    // `JournalFailed` reports a journal that cannot be read
    if (!(error instanceof JournalError)) throw error;
    return [];
  }
}
