import { isLess } from "./decimal.ts";
import { statusMeaning, timeMeaning } from "./meanings.ts";
import type { RecordReading } from "./record.ts";
import type { Verification } from "./types.ts";

/** No meter that signs OCMF was in the field before: its clock was not set. */
const earliestBeginMs = Date.UTC(2015, 0, 1);
/** Nobody charges longer than this. */
const longestDays = 30;
/** A record can be wrong in as many places as it has readings: nobody reads all of that. */
const mostProblems = 100;
const dayMs = 86_400_000;

/** Collects what is wrong with a session, what it does not state, and what to look at before it is billed. */
export class Findings {
  readonly #violations = new Set<string>();
  readonly #gaps = new Set<string>();
  readonly #remarks = new Set<string>();

  /** Something that a billable session must not have. */
  violation(sentence: string): void {
    this.#violations.add(sentence);
  }

  /** Something that would be needed to call the session whole. */
  gap(sentence: string): void {
    this.#gaps.add(sentence);
  }

  /** Something to look at before the session is billed; the verdict does not depend on it. */
  remark(sentence: string): void {
    this.#remarks.add(sentence);
  }

  verdict(): Pick<Verification, "session" | "problems"> {
    const session = this.#violations.size > 0 ? "violated" : this.#gaps.size > 0 ? "unknown" : "ok";
    const problems = [...this.#violations, ...this.#gaps, ...this.#remarks];
    const more = problems.length - mostProblems;
    return {
      session,
      problems: more > 0 ? [...problems.slice(0, mostProblems), `And ${more} more problems`] : problems,
    };
  }
}

/** Checks the readings of one register, in the order of the record. */
export function checkReadings(readings: readonly RecordReading[], findings: Findings): void {
  readings.forEach((reading, index) => {
    const name = `Reading ${index + 1}`;
    checkStatus(reading, name, findings);
    checkTime(reading, name, findings);
    checkValue(reading, name, findings);
    const before = readings[index - 1];
    if (before !== undefined) checkOrder(before, reading, name, findings);
  });
}

/** Checks what begin and end of one register must have in common. */
export function checkPair(begin: RecordReading, end: RecordReading, findings: Findings): void {
  if (begin.rv === undefined || end.rv === undefined) findings.gap("Begin or end has no value");
  if (begin.ru === undefined || end.ru === undefined) findings.gap("Begin or end has no unit");
  else if (begin.ru !== end.ru) findings.violation(`Begin is in ${begin.ru} and end in ${end.ru}`);
  if (begin.time?.flag === "R" && end.time?.flag !== "R") {
    findings.violation("Begin has a relative time and end an absolute one");
  }
  if (begin.ei !== end.ei && begin.ei !== undefined) {
    findings.violation(`The event counter rose from ${begin.ei} to ${end.ei} within the session`);
  }
  if (end.tx === "P") findings.remark("The meter closed the session after a power loss (TX P)");
  checkDates(begin, end, findings);
}

function checkDates(begin: RecordReading, end: RecordReading, findings: Findings): void {
  if (begin.time === undefined) return;
  if (begin.time.epochMs < earliestBeginMs) {
    findings.remark(`The session begins before 2015, at ${begin.tm}: the meter's clock was not set`);
  }
  const lastedMs = end.time === undefined ? 0 : end.time.epochMs - begin.time.epochMs;
  if (lastedMs > longestDays * dayMs) {
    findings.remark(`The session lasts ${Math.floor(lastedMs / dayMs)} days, from ${begin.tm} to ${end.tm}`);
  }
}

function checkStatus(reading: RecordReading, name: string, findings: Findings): void {
  const { st, ef, tx } = reading;
  if (st === undefined) findings.gap(`${name} has no status`);
  else if (st !== "G") findings.violation(`${name} has status ${st}: ${statusMeaning(st)}`);
  if (ef?.includes("E")) findings.violation(`${name} says that its energy must not be used: its error flags are ${ef}`);
  if (tx === "X") findings.violation(`${name} is marked as exception: from there on the session must not be billed`);
}

function checkTime(reading: RecordReading, name: string, findings: Findings): void {
  const { tm, time } = reading;
  if (tm === undefined) findings.gap(`${name} has no time`);
  else if (time === undefined) findings.violation(`The time ${tm} of ${name.toLowerCase()} cannot be read`);
  else if (time.flag === undefined) findings.remark(`${name} has no time flag, only ${tm}: its time may be wrong`);
  else if (time.flag === "U" || time.flag === "I") {
    findings.remark(`${name} has time flag ${time.flag} (${timeMeaning(time.flag)}): ${tm}`);
  }
}

function checkValue(reading: RecordReading, name: string, findings: Findings): void {
  const { rv, value, cl, loss } = reading;
  if (rv !== undefined && value === undefined) findings.violation(`${name} has the value ${rv}, which is no number`);
  if (cl !== undefined && loss === undefined) findings.violation(`${name} has the loss ${cl}, which is no number`);
}

function checkOrder(before: RecordReading, reading: RecordReading, name: string, findings: Findings): void {
  if (before.value && reading.value && before.ru === reading.ru && isLess(reading.value, before.value)) {
    findings.violation(`The register runs backwards: ${before.rv}, then ${reading.rv}`);
  }
  if (before.time && reading.time && reading.time.epochMs < before.time.epochMs) {
    findings.violation(`The time runs backwards: ${before.tm}, then ${reading.tm}`);
  }
  if (before.loss && reading.loss && isLess(reading.loss, before.loss)) {
    findings.violation(`${name} has a smaller loss than the reading before: ${before.cl}, then ${reading.cl}`);
  }
}
