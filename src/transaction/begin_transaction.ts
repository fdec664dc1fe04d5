import { errorText } from "../base/log.ts";
import type { StartValue } from "../journal/mod.ts";
import { ModbusError, type OcmfState, type SignedValue } from "../meter/mod.ts";
import { transactionIdOf } from "../ocmf/mod.ts";
import { billingIdentity, configuredKey, type Context } from "./context.ts";
import { closeOnMeter, requireUnreplacedMeter } from "./end_transaction.ts";
import { TransactionError, transactionError } from "./errors.ts";
import { fetchRecord } from "./fetch_record.ts";
import { isOpen } from "./state_machine.ts";
import { pollState } from "./meter_transaction_state.ts";
import { requestFields } from "./request_fields.ts";
import { requestText, type StartRequest } from "./start_request.ts";

/** Time limit for RUNNING after an acknowledged 'B'. */
const runningTimeoutMs = 5000;

/** Time limit for RUNNING after a 'B' without an answer; after that, the meter has not received it. */
const lostAnswerTimeoutMs = 1000;

/** The most writes of 'B'. */
const maxBeginWrites = 3;

/** The most attempts to begin a transaction if the meter runs under another text. */
const maxTransactions = 2;

/**
 * Begins a transaction on a free meter. It has begun when the meter reports RUNNING and its tariff text contains the
 * id. A transaction that runs under another text is ended, and its record is kept.
 *
 * @throws {TransactionError}
 */
export async function beginTransaction(context: Context, request: StartRequest): Promise<void> {
  const { tracker, meter, time } = context;
  const { transactionId } = request;
  for (let attempt = 1;; attempt++) {
    // The line does not serve other meters while the journal writes
    const identified = meanwhile(meter.requireSameMeter());
    await recordStartIntent(context, request);
    await beginUntilRunning(context, request, identified);
    const text = await readTransactionText(context);
    if (transactionIdOf(text) === transactionId) break;
    const shown = JSON.stringify(text);
    const problem =
      `Meter ${meter.name} has begun with the tariff text ${shown}, which does not contain ${transactionId}`;
    const isStopped = await endForeignTransaction(context, problem);
    if (attempt === maxTransactions || isStopped) {
      await tracker.apply({ kind: "failed", reason: problem });
      throw new TransactionError("METER_REFUSED", `${problem}; check the power supply of the meter, then start again`);
    }
  }
  const signedValue = meanwhile(meter.readSignedValue());
  await tracker.apply({ kind: "meter", state: "RUNNING", transactionId }, { details: { startedAtMs: time.now() } });
  await storeStartValue(context, transactionId, signedValue);
}

/**
 * Ends the transaction that the meter runs instead of the requested one.
 *
 * @returns whether a stop of the requested transaction has arrived in the meantime
 */
async function endForeignTransaction(context: Context, problem: string): Promise<boolean> {
  const { tracker, meter, log } = context;
  log.error(`${problem}; that transaction is ended, and its record is kept`, { meter: meter.name });
  await requireUnreplacedMeter(context);
  const state = await closeOnMeter(context, false);
  const isStopped = isOpen(tracker.state) && tracker.state.kind !== "starting";
  // A meter that has not erased the file refuses the next begin, and recovery continues
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

/**
 * Writes the fields.
 *
 * @param identified resolves when it was checked that the meter was not replaced
 */
async function writeFields(context: Context, request: StartRequest, identified: Promise<void>): Promise<void> {
  const { tracker, meter } = context;
  try {
    await identified;
    await meter.writeTransaction(requestFields(request, context.log));
    // While the fields were written, the meter may have been replaced by one that has not got all of them
    await meter.requireSameMeter();
  } catch (error) {
    const failure = transactionError(error, `write the fields of the transaction to meter ${meter.name}`);
    await tracker.apply({ kind: "failed", reason: failure.message });
    throw failure;
  }
}

async function readTransactionText(context: Context): Promise<string> {
  const { meter } = context;
  try {
    return await meter.readTariffText();
  } catch (error) {
    throw transactionError(error, `read which transaction meter ${meter.name} has begun`);
  }
}

/**
 * Writes the fields and 'B', and waits for RUNNING. Writes the fields and 'B' again only if the meter reports
 * NOT_READY: a dip of its supply may have restored the texts of its last transaction.
 */
async function beginUntilRunning(context: Context, request: StartRequest, identified: Promise<void>): Promise<void> {
  let lostAnswer: unknown;
  for (let round = 1; round <= maxBeginWrites; round++) {
    await writeFields(context, request, round === 1 ? identified : context.meter.requireSameMeter());
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
    log.warn(`The begin command has no valid answer: ${errorText(error)}`, { meter: meter.name });
  }
  return problem;
}

async function waitForRunning(context: Context, forMs: number): Promise<OcmfState> {
  try {
    return await pollState(context, forMs, (state) => state === "RUNNING");
  } catch (error) {
    throw transactionError(error, `read whether meter ${context.meter.name} has begun the transaction`);
  }
}

/** A meter in state NOT_READY has begun nothing. If it closed the transaction at once, recovery fetches the record. */
async function notRunningError(context: Context, state: OcmfState, cause: unknown): Promise<TransactionError> {
  const { meter, tracker } = context;
  const did = cause === undefined ? "accepted the begin command" : "refused the begin command";
  const failure = new TransactionError(
    "METER_REFUSED",
    `Meter ${meter.name} ${did} and is ${state}, not RUNNING` + (cause === undefined ? "" : `: ${errorText(cause)}`),
    { cause },
  );
  if (state === "NOT_READY") await tracker.apply({ kind: "failed", reason: failure.message });
  return failure;
}

/** Stores the signed value at the beginning; a failure does not fail the start. */
async function storeStartValue(
  context: Context,
  transactionId: string,
  signedValue: Promise<SignedValue>,
): Promise<void> {
  const { meter, tracker, log } = context;
  try {
    const { data, signature, signingMethod, takenAtMs } = await signedValue;
    const publicKey = configuredKey(context, billingIdentity(context));
    const value: StartValue = { data, signature, signingMethod, takenAtMs, publicKey };
    await tracker.write((journal) => journal.setStartValue(meter.name, transactionId, value));
  } catch (error) {
    log.warn(`Cannot read the start value: ${errorText(error)}`, { meter: meter.name, transaction: transactionId });
  }
}

/** Lets work run while something else is awaited first; its error is thrown where it is awaited. */
function meanwhile<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
