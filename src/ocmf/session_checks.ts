import { isLess } from "./decimal.ts";
import { statusMeaning } from "./meanings.ts";
import type { RecordReading } from "./record.ts";
import type { Verification } from "./types.ts";

/** Collects what is wrong with a session and what is not told. */
export class Findings {
  readonly #violations = new Set<string>();
  readonly #gaps = new Set<string>();

  /** Something that a billable session must not have. */
  violation(sentence: string): void {
    this.#violations.add(sentence);
  }

  /** Something that would be needed to call the session whole. */
  gap(sentence: string): void {
    this.#gaps.add(sentence);
  }

  verdict(): Pick<Verification, "session" | "problems"> {
    const session = this.#violations.size > 0 ? "violated" : this.#gaps.size > 0 ? "unknown" : "ok";
    return { session, problems: [...this.#violations, ...this.#gaps] };
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
  else if (time.flag === undefined) findings.violation(`${name} does not tell what its time is worth: ${tm}`);
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
