import {
  decodeField,
  encodeInteger,
  encodeText,
  type Field,
  registers,
  withoutTrailingNuls,
  wordsOf,
} from "../meter/mod.ts";
import { recordFacts } from "../ocmf/mod.ts";
import { type Answer, answerText, type FieldMeter, registerText } from "./field_meter.ts";
import { stateText } from "./state_text.ts";

/** What a test transaction showed. */
export interface Session {
  /** What was written to 6900h. */
  readonly tariffText: string;
  /** What 6900h held before 'B'. */
  readonly tariffTextRead: string;
  /** From 'E' to READY, in milliseconds. */
  readonly closingMs: number;
  /** The file as it was when READY showed. */
  readonly first: Uint8Array;
  /** The file two seconds later. */
  readonly second: Uint8Array;
  /** What the meter answered to a second 'E'. */
  readonly secondEnd: Answer;
  /** After 0 was written to 7100h. */
  readonly confirmed: { readonly state: number; readonly size: number };
}

/** The meter cannot have a test transaction now. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}

const { transaction, commands, ocmfStates } = registers;
const [notReady, running, ready] = ["NOT_READY", "RUNNING", "READY"].map((name) =>
  ocmfStates.findIndex((state) => state === name)
);
const chargingMs = 5_000;
const lookMs = 50;
const startMs = 10_000;
const closeMs = 60_000;
const settledMs = 2_000;
const mostEnds = 3;

/**
 * One short transaction: writes the fields, 'B', 'E' and, when `keep` has the record, the confirmation that erases it.
 *
 * @param keep stores the record durably
 * @throws {SessionError} the meter has a transaction or a record already, or does not do what it was asked
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused to be read
 */
export async function runSession(
  meter: FieldMeter,
  id: string,
  keep: (record: Uint8Array) => Promise<void>,
): Promise<Session> {
  const state = await meter.number(transaction.ocmfState.at);
  if (state !== notReady) {
    throw new SessionError(
      `the OCMF state is ${stateText(state)}: the meter has a transaction or a record that is not fetched; start the ` +
        "service, which fetches it, stop it and try again. Nothing was written",
    );
  }
  const tariffText = `A "quoted" text, a \\, an \u00e4<=>${id}`;
  await writeFields(meter, tariffText);
  const tariffTextRead = String(
    decodeField(transaction.tariffText, await meter.read(transaction.tariffText.at, wordsOf(transaction.tariffText))),
  );
  await begin(meter);
  await meter.time.sleep(chargingMs, meter.signal);
  const endedAtMs = meter.time.mono();
  await end(meter);
  const closingMs = meter.time.mono() - endedAtMs;
  const first = await readFile(meter);
  await meter.time.sleep(settledMs);
  const second = await readFile(meter);
  requireOwnRecord(second, id);
  await keep(second);
  const secondEnd = await command(meter, commands.end);
  must(await meter.write(transaction.ocmfState.at, encodeInteger("u16", 0), false), "confirm the record");
  const confirmed = {
    state: await meter.number(transaction.ocmfState.at),
    size: await meter.number(transaction.ocmfSize.at),
  };
  return { tariffText, tariffTextRead, closingMs, first, second, secondEnd, confirmed };
}

async function writeFields(meter: FieldMeter, tariffText: string): Promise<void> {
  const number = (field: { readonly at: number }, value: number) => [field.at, encodeInteger("u16", value)] as const;
  const ones = new Uint8Array(Array.from({ length: 4 }, () => [...encodeInteger("u16", 1)]).flat());
  const text = (field: Field, value: string) => [field.at, encodeText(value, wordsOf(field)).bytes] as const;
  const writes = [
    number(transaction.identificationStatus, 1),
    number(transaction.identificationLevel, 1),
    [transaction.identificationFlags.at, ones] as const,
    number(transaction.identificationType, 70),
    text(transaction.identificationData, "FIELDTEST"),
    number(transaction.chargingPointType, 0),
    text(transaction.chargingPoint, "FIELD*TEST"),
    text(transaction.tariffText, tariffText),
    number(transaction.sessionModality, 0),
  ];
  for (const [at, bytes] of writes) must(await meter.write(at, bytes, true), `write ${registerText(at)}`);
}

async function begin(meter: FieldMeter): Promise<void> {
  const answer = await command(meter, commands.begin);
  let isRunning = false;
  try {
    isRunning = await reaches(meter, running, startMs);
  } finally {
    // A meter that began late, or whose answers are lost, would keep its transaction running
    if (!isRunning) await command(meter, commands.end);
  }
  if (isRunning) return;
  throw new SessionError(`the meter does not run after 'B' (${answerText(answer)}); 'E' was sent, look at its state`);
}

async function end(meter: FieldMeter): Promise<void> {
  let answer = await command(meter, commands.end);
  // A meter that has taken it refuses another one
  for (let sends = 1; sends < mostEnds && answer.kind !== "answered"; sends++) {
    answer = await command(meter, commands.end);
  }
  if (await reaches(meter, ready, closeMs)) return;
  throw new SessionError(
    `the meter has no record 60 s after 'E' (${answerText(answer)}); the service fetches it when it comes`,
  );
}

/** Another program may have begun a transaction meanwhile: its record is not this test's to erase. */
function requireOwnRecord(record: Uint8Array, id: string): void {
  if (recordFacts(record).transactionId === id) return;
  const what = record.length === 0 ? "gives an empty file" : "holds a record that does not name this test";
  throw new SessionError(`the meter ${what}: it was not erased; start the service, which fetches it`);
}

async function reaches(meter: FieldMeter, wanted: number | undefined, withinMs: number): Promise<boolean> {
  for (const untilMs = meter.time.mono() + withinMs; meter.time.mono() < untilMs;) {
    if (await meter.number(transaction.ocmfState.at) === wanted) return true;
    await meter.time.sleep(lookMs);
  }
  return false;
}

function command(meter: FieldMeter, letter: number): Promise<Answer> {
  return meter.write(transaction.command.at, encodeInteger("u16", letter), false);
}

async function readFile(meter: FieldMeter): Promise<Uint8Array> {
  const words = await meter.number(transaction.ocmfSize.at);
  if (words === 0) return new Uint8Array();
  return withoutTrailingNuls(await meter.read(transaction.ocmfFile.at, Math.min(words, transaction.ocmfFile.maxWords)));
}

function must(answer: Answer, what: string): void {
  if (answer.kind !== "answered") throw new SessionError(`cannot ${what}: ${answerText(answer)}`);
}
