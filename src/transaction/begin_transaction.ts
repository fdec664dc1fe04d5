import { errorText } from "../base/log.ts";
import type { StartValue } from "../journal/mod.ts";
import { ModbusError, type OcmfState } from "../meter/mod.ts";
import { transactionIdOf } from "../ocmf/mod.ts";
import { billingIdentity, configuredKey, type Context } from "./context.ts";
import { closeOnMeter } from "./end_transaction.ts";
import { TransactionError, transactionError } from "./errors.ts";
import { fetchRecord } from "./fetch_record.ts";
import { isOpen } from "./state_machine.ts";
import { pollState } from "./meter_transaction_state.ts";
import { requestFields } from "./request_fields.ts";
import { requestText, type StartRequest } from "./start_request.ts";

/** How long RUNNING is waited for after a 'B' that was acknowledged. */
const runningTimeoutMs = 5000;

/** How long RUNNING is waited for after a 'B' whose answer was lost; then the meter has not received it. */
const lostAnswerTimeoutMs = 1000;

/** How often 'B' is written before it is given up. */
const maxBeginWrites = 3;

/** How often a transaction is begun if the meter runs under another text. */
const maxTransactions = 2;

/**
 * Begins a transaction on a meter that is free. It has begun when the meter says RUNNING and its tariff text carries the
 * id; one that runs under another text is ended, and its record kept.
 *
 * @throws {TransactionError}
 */
export async function beginTransaction(context: Context, request: StartRequest): Promise<void> {
  const { tracker, meter, time } = context;
  const { transactionId } = request;
  for (let attempt = 1;; attempt++) {
    await recordStartIntent(context, request);
    await beginUntilRunning(context, request);
    const text = await readTransactionText(context);
    if (transactionIdOf(text) === transactionId) break;
    const shown = JSON.stringify(text);
    const problem =
      `Meter ${meter.name} has begun under the tariff text ${shown}, which does not carry ${transactionId}`;
    const isStopped = await endForeignTransaction(context, problem);
    if (attempt === maxTransactions || isStopped) {
      await tracker.apply({ kind: "failed", reason: problem });
      throw new TransactionError("METER_REFUSED", `${problem}; check the meter's supply, then start again`);
    }
  }
  await tracker.apply({ kind: "meter", state: "RUNNING", transactionId }, { details: { startedAtMs: time.now() } });
  await storeStartValue(context, transactionId);
}

/**
 * Ends what the meter runs in place of the transaction that was to begin.
 *
 * @returns whether a stop of that transaction has come meanwhile
 */
async function endForeignTransaction(context: Context, problem: string): Promise<boolean> {
  const { tracker, meter, log } = context;
  log.error(`${problem}; that transaction is ended, and its record kept`, { meter: meter.name });
  const state = await closeOnMeter(context, false);
  const isStopped = isOpen(tracker.state) && tracker.state.kind !== "starting";
  // A meter that has not erased the file refuses the next begin, and recovery goes on
  if (state !== "NOT_READY") await fetchRecord(context, state, "stray");
  return isStopped;
}

async function recordStartIntent(context: Context, request: StartRequest): Promise<void> {
  const { tracker, time } = context;
  await tracker.commit({ kind: "accepted", transactionId: request.transactionId }, {
    evseId: request.evseId,
    request: requestText(request),
    startedAtMs: time.now(),
  });
}

/** Makes sure that the meter is the one that is meant, and writes the fields. */
async function writeFields(context: Context, request: StartRequest): Promise<void> {
  const { tracker, meter } = context;
  try {
    await meter.requireSameMeter();
    await meter.writeTransaction(requestFields(request, context.log));
  } catch (error) {
    const failure = transactionError(error, `write the transaction's fields to meter ${meter.name}`);
    await tracker.apply({ kind: "failed", reason: failure.message });
    throw failure;
  }
}

async function readTransactionText(context: Context): Promise<string> {
  const { meter } = context;
  try {
    return await meter.readTariffText();
  } catch (error) {
    throw transactionError(error, `see which transaction meter ${meter.name} has begun`);
  }
}

/**
 * Writes the fields and 'B', and waits for RUNNING. Only a meter that says NOT_READY is sent a second 'B', after its
 * fields once more: a dip of its supply may have brought the texts of its last transaction back.
 */
async function beginUntilRunning(context: Context, request: StartRequest): Promise<void> {
  let lostAnswer: unknown;
  for (let round = 1; round <= maxBeginWrites; round++) {
    await writeFields(context, request);
    const problem = await writeBegin(context);
    const refused = problem !== undefined && problem instanceof ModbusError;
    const waitMs = problem === undefined ? runningTimeoutMs : refused ? 0 : lostAnswerTimeoutMs;
    const state = await waitForRunning(context, waitMs);
    if (state === "RUNNING") return;
    if (problem === undefined || refused || state !== "NOT_READY") throw await notRunningError(context, state, problem);
    lostAnswer = problem;
  }
  const failure = transactionError(lostAnswer, `begin the transaction on meter ${context.meter.name}`);
  await context.tracker.apply({ kind: "failed", reason: failure.message });
  throw failure;
}

/** Writes 'B'. A failure is returned, not thrown: the OCMF state shows whether the meter has accepted the command. */
async function writeBegin(context: Context): Promise<unknown> {
  const { meter, log } = context;
  let problem: unknown;
  try {
    await meter.begin();
  } catch (error) {
    problem = error;
    log.warn(`The begin command got no good answer: ${errorText(error)}`, { meter: meter.name });
  }
  return problem;
}

async function waitForRunning(context: Context, forMs: number): Promise<OcmfState> {
  try {
    return await pollState(context, forMs, (state) => state === "RUNNING");
  } catch (error) {
    throw transactionError(error, `see whether meter ${context.meter.name} has begun the transaction`);
  }
}

/** A meter that is NOT_READY has begun nothing; one that closed at once is left to recovery, with its record. */
async function notRunningError(context: Context, state: OcmfState, cause: unknown): Promise<TransactionError> {
  const { meter, tracker } = context;
  const did = cause === undefined ? "took the begin command" : "refused the begin command";
  const failure = new TransactionError(
    "METER_REFUSED",
    `Meter ${meter.name} ${did} and is ${state}, not RUNNING` + (cause === undefined ? "" : `: ${errorText(cause)}`),
    { cause },
  );
  if (state === "NOT_READY") await tracker.apply({ kind: "failed", reason: failure.message });
  return failure;
}

/** Reads the signed value at the beginning; a start does not fail with it. */
async function storeStartValue(context: Context, transactionId: string): Promise<void> {
  const { meter, tracker, log } = context;
  try {
    const { data, signature, signingMethod, takenAtMs } = await meter.readSignedValue();
    const publicKey = configuredKey(context, billingIdentity(context));
    const value: StartValue = { data, signature, signingMethod, takenAtMs, publicKey };
    await tracker.write((journal) => journal.setStartValue(meter.name, transactionId, value));
  } catch (error) {
    log.warn(`The start value is not there: ${errorText(error)}`, { meter: meter.name, transaction: transactionId });
  }
}
