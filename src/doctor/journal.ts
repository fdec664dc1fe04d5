import { namesIn } from "../base/files.ts";
import { errorText } from "../base/log.ts";
import { countText } from "../base/text.ts";
import { minuteMs, timestamp } from "../base/time.ts";
import { damagedRemedy, isDamagedJournal, journalDamage, JournalError, openJournalReader } from "../journal/mod.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

/** Checks the journal, read-only, also while a service uses it. */
export function checkJournal({ settings: { stateDir, journal }, nowMs }: Examined): readonly Finding[] {
  const findings = new Findings("journal");
  const damaged = (namesIn(stateDir) ?? []).filter(isDamagedJournal);
  if (damaged.length > 0) {
    findings.warning(
      `${stateDir} has damaged journals: ${damaged.join(", ")}; data that could not be copied is only there`,
      "move these files to another disk and keep them for repair",
    );
  }
  try {
    const damage = journalDamage(stateDir);
    if (damage === undefined) findings.ok(`The journal in ${stateDir} can be read, and its structure is intact`);
    else findings.problem(`The journal in ${stateDir} is damaged: ${damage}`, damagedRemedy);
    checkOutbox(findings, stateDir, { alarmMs: journal.alarmUndeliveredMinutes * minuteMs, nowMs });
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const text = errorText(error);
    if (error.code === "not_found") findings.ok(`${stateDir} has no journal yet; the first start creates it`);
    else if (error.code === "older_schema") findings.ok(`${text}: nothing is lost`);
    else findings.problem(text, remedies[error.code] ?? damagedRemedy);
  }
  return findings.all;
}

const remedies: Partial<Record<JournalError["code"], string>> = {
  permission_denied: "run doctor as root or as the service's user",
  newer_schema: "install the release that wrote it, or a later one",
};

function checkOutbox(
  findings: Findings,
  stateDir: string,
  { alarmMs, nowMs }: { alarmMs: number; nowMs: number },
): void {
  const reader = openJournalReader(stateDir);
  try {
    const [oldest] = reader.outbox(1);
    const count = reader.undelivered();
    if (oldest === undefined || count === 0) return void findings.ok("All records are delivered");
    const found = `${countText(count, "record")} ${count === 1 ? "is" : "are"} not delivered, the oldest since ${
      timestamp(oldest.readAtMs)
    }`;
    if (nowMs - oldest.readAtMs < alarmMs) findings.ok(found);
    else {findings.problem(
        found,
        "correct what the checks of broker, streams and rights report; nothing is lost meanwhile",
      );}
  } finally {
    reader.close();
  }
}
