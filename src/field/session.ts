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
import { type Answer, answerText, type FieldMeter, registerText, stateText } from "./field_meter.ts";

/** Observations of a test transaction. */
export interface Session {
  /** The text written to 6900h. */
  readonly tariffText: string;
  /** The text read from 6900h before 'B'. */
  readonly tariffTextRead: string;
  /** Time from 'E' to READY, in milliseconds. */
  readonly closingMs: number;
  /** The file at the time of READY. */
  readonly first: Uint8Array;
  /** The file two seconds later. */
  readonly second: Uint8Array;
  /** The answer to a second 'E'. */
  readonly secondEnd: Answer;
  /** The state after 0 was written to 7100h. */
  readonly confirmed: { readonly state: number; readonly size: number };
}

/** A test transaction is not possible now, or failed. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}

const { transaction, commands, ocmfStates } = registers;
const [notReady, running, ready] = ["NOT_READY", "RUNNING", "READY"].map((name) =>
  ocmfStates.findIndex((state) => state === name)
);
const transactionMs = 5_000;
const pollMs = 50;
const startTimeoutMs = 10_000;
const closeTimeoutMs = 60_000;
const secondReadDelayMs = 2_000;
const maxEndCommands = 3;

/**
 * Runs one short transaction: writes the fields, 'B', 'E' and, after `saveRecord` has stored the record, the
 * confirmation that erases it.
 *
 * @param keep stores the record durably
 * @throws {SessionError} the meter already has a transaction or a record, or does not execute a command
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused a read
 */
export async function runSession(
  meter: FieldMeter,
  id: string,
  saveRecord: (record: Uint8Array) => Promise<void>,
): Promise<Session> {
  const state = await meter.number(transaction.ocmfState.at);
  if (state !== notReady) {
    throw new SessionError(
      `the OCMF state is ${stateText(state)}: the meter has a transaction, or a record that was not fetched. Start ` +
        "the service to fetch it, stop the service and try again. Nothing was written",
    );
  }
  const tariffText = `A "quoted" text, a \\, an \u00e4<=>${id}`;
  await writeFields(meter, tariffText);
  const tariffTextRead = String(
    decodeField(transaction.tariffText, await meter.read(transaction.tariffText.at, wordsOf(transaction.tariffText))),
  );
  await begin(meter);
  await meter.time.sleep(transactionMs, meter.signal);
  const endedAtMs = meter.time.mono();
  await end(meter);
  const closingMs = meter.time.mono() - endedAtMs;
  const first = await readFile(meter);
  await meter.time.sleep(secondReadDelayMs);
  const second = await readFile(meter);
  requireOwnRecord(second, id);
  await saveRecord(second);
  const secondEnd = await command(meter, commands.end);
  requireAnswer(await meter.write(transaction.ocmfState.at, encodeInteger("u16", 0), false), "confirm the record");
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
  for (const [at, bytes] of writes) requireAnswer(await meter.write(at, bytes, true), `write ${registerText(at)}`);
}

async function begin(meter: FieldMeter): Promise<void> {
  const answer = await command(meter, commands.begin);
  let isRunning = false;
  try {
    isRunning = await reaches(meter, running, startTimeoutMs);
  } finally {
    // The transaction would keep running if the meter started late or its answers were lost
    if (!isRunning) await command(meter, commands.end);
  }
  if (isRunning) return;
  throw new SessionError(`the meter is not RUNNING after 'B' (${answerText(answer)}); 'E' was sent, check its state`);
}

async function end(meter: FieldMeter): Promise<void> {
  let answer = await command(meter, commands.end);
  // A meter that has executed 'E' refuses another one
  for (let sends = 1; sends < maxEndCommands && answer.kind !== "answered"; sends++) {
    answer = await command(meter, commands.end);
  }
  if (await reaches(meter, ready, closeTimeoutMs)) return;
  throw new SessionError(
    `the meter has no record 60 s after 'E' (${answerText(answer)}); the service fetches it later`,
  );
}

/** Another program may have started a transaction in the meantime: this test must not erase its record. */
function requireOwnRecord(record: Uint8Array, id: string): void {
  if (recordFacts(record).transactionId === id) return;
  const what = record.length === 0 ? "returns an empty file" : "holds a record of another transaction";
  throw new SessionError(`the meter ${what}: it was not erased. Start the service to fetch it`);
}

async function reaches(meter: FieldMeter, expected: number | undefined, withinMs: number): Promise<boolean> {
  for (const untilMs = meter.time.mono() + withinMs; meter.time.mono() < untilMs;) {
    if (await meter.number(transaction.ocmfState.at) === expected) return true;
    await meter.time.sleep(pollMs);
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

function requireAnswer(answer: Answer, what: string): void {
  if (answer.kind !== "answered") throw new SessionError(`Cannot ${what}: ${answerText(answer)}`);
}
