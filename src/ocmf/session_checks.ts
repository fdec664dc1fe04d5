import { dayMs } from "../base/time.ts";
import { isLess } from "./decimal.ts";
import { statusMeaning, timeMeaning } from "./meanings.ts";
import type { RecordReading } from "./record.ts";
import type { Verification } from "./types.ts";

/** No meter with OCMF was in use before: an earlier time means that the clock was not set. */
const earliestBeginMs = Date.UTC(2015, 0, 1);
/** Maximum plausible duration of a session. */
const maxDays = 30;
/** Maximum number of problems: a record can have as many as it has readings. */
const maxProblems = 100;

/** Collects the violations of a session, its missing data, and remarks for billing. */
export class Findings {
  readonly #violations = new Set<string>();
  readonly #gaps = new Set<string>();
  readonly #remarks = new Set<string>();

  /** Adds a violation: the session must not be billed. */
  violation(sentence: string): void {
    this.#violations.add(sentence);
  }

  /** Adds missing data: the session may be incomplete. */
  gap(sentence: string): void {
    this.#gaps.add(sentence);
  }

  /** Adds a remark to check before billing. It does not affect the verdict. */
  remark(sentence: string): void {
    this.#remarks.add(sentence);
  }

  verdict(): Pick<Verification, "session" | "problems"> {
    const session = this.#violations.size > 0 ? "violated" : this.#gaps.size > 0 ? "unknown" : "ok";
    const problems = [...this.#violations, ...this.#gaps, ...this.#remarks];
    const more = problems.length - maxProblems;
    return {
      session,
      problems: more > 0 ? [...problems.slice(0, maxProblems), `And ${more} more problems`] : problems,
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

/** Checks begin and end of one register against each other. */
export function checkPair(begin: RecordReading, end: RecordReading, findings: Findings): void {
  if (begin.rv === undefined || end.rv === undefined) findings.gap("Begin or end has no value");
  if (begin.ru === undefined || end.ru === undefined) findings.gap("Begin or end has no unit");
  else if (begin.ru !== end.ru) findings.violation(`Begin is in ${begin.ru} and end in ${end.ru}`);
  if (begin.time?.flag === "R" && end.time?.flag !== "R") {
    findings.violation("Begin has a relative time and end an absolute one");
  }
  if (begin.ei !== end.ei && begin.ei !== undefined) {
    findings.violation(`The event counter increased from ${begin.ei} to ${end.ei} within the session`);
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
  if (lastedMs > maxDays * dayMs) {
    findings.remark(`The session lasts ${Math.floor(lastedMs / dayMs)} days, from ${begin.tm} to ${end.tm}`);
  }
}

function checkStatus(reading: RecordReading, name: string, findings: Findings): void {
  const { st, ef, tx } = reading;
  if (st === undefined) findings.gap(`${name} has no status`);
  else if (st !== "G") findings.violation(`${name} has status ${st}: ${statusMeaning(st)}`);
  if (ef?.includes("E")) {
    findings.violation(
      `The energy of ${name.toLowerCase()} must not be used: its error ` +
        `flags are ${ef}`,
    );
  }
  if (tx === "X") {
    findings.violation(
      `${name} is marked as exception: the session must not be billed from this ` +
        "reading on",
    );
  }
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
  if (rv !== undefined && value === undefined) findings.violation(`${name} has the value ${rv}, which is not a number`);
  if (cl !== undefined && loss === undefined) findings.violation(`${name} has the loss ${cl}, which is not a number`);
}

function checkOrder(before: RecordReading, reading: RecordReading, name: string, findings: Findings): void {
  if (before.value && reading.value && before.ru === reading.ru && isLess(reading.value, before.value)) {
    findings.violation(`The register runs backwards: ${before.rv}, then ${reading.rv}`);
  }
  if (before.time && reading.time && reading.time.epochMs < before.time.epochMs) {
    findings.violation(`The time runs backwards: ${before.tm}, then ${reading.tm}`);
  }
  if (before.loss && reading.loss && isLess(reading.loss, before.loss)) {
    findings.violation(`${name} has a smaller loss than the previous reading: ${before.cl}, then ${reading.cl}`);
  }
}
