import { errorText } from "../base/log.ts";
import type { StartValue } from "../journal/mod.ts";
import { ModbusError, type OcmfState } from "../meter/mod.ts";
import type { StartAnswer } from "./answers.ts";
import { at, billingIdentity, configuredKey, type Context, requireOnline } from "./context.ts";
import { endTransaction } from "./end_transaction.ts";
import { TransactionError, transactionError } from "./errors.ts";
import { fetchRecord } from "./fetch_record.ts";
import { ask, pollState } from "./meter_word.ts";
import { requestFields } from "./request_fields.ts";
import type { TransactionRequest } from "./request.ts";
import { startAnswer } from "./responses.ts";

/** How long RUNNING is waited for after a 'B' that was acknowledged. */
const runningMs = 5000;

/** How long a 'B' whose answer was lost is given before the meter is taken not to have heard it. */
const unheardMs = 1000;

/** How often 'B' is written, and how often a meter is cleared, before it is given up. */
const rounds = 3;

/** Starts a transaction; within `exclusive`. @throws {TransactionError} */
export async function runStart(context: Context, request: TransactionRequest): Promise<StartAnswer> {
  const { meter, journal } = context;
  const id = request.transaction_id;
  refuseEnded(context, id);
  requireWord(context, id);
  if (!isRunning(context, id)) {
    await clearMeter(context, id);
    if (!isRunning(context, id)) {
      await meter.settleClockBeforeStart();
      // A stop of this transaction may have come meanwhile, and have been carried out by clearing the meter
      refuseEnded(context, id);
      await beginTransaction(context, request);
    }
  }
  meter.faults.clear("OcmfTransactionClosed");
  await at(context, "start.before_answer");
  return startAnswer(id, journal.transaction(meter.name, id));
}

/** @throws {TransactionError} `TRANSACTION_FINISHED` when the transaction `id` has ended, or is about to */
export function refuseEnded({ journal, meter, tracker }: Context, id: string): void {
  const known = journal.transaction(meter.name, id);
  const stopping = tracker.state.kind === "stopping" && tracker.state.transactionId === id;
  if (!stopping && known?.state !== "finished" && known?.state !== "corrupted") return;
  throw new TransactionError(
    "TRANSACTION_FINISHED",
    `Transaction ${id} of meter ${meter.name} is ${stopping ? "stopping" : known?.state}; start with a new id`,
  );
}

/**
 * A meter that has said, since the process began, that this transaction runs is asked nothing for its start.
 *
 * @throws {TransactionError} `METER_OFFLINE` when it is away and has not
 */
export function requireWord(context: Context, id: string): void {
  if (!context.tracker.heard || !isRunning(context, id)) requireOnline(context);
}

function isRunning({ tracker }: Context, id: string): boolean {
  return tracker.state.kind === "running" && tracker.state.transactionId === id;
}

/** Fetches whatever the meter holds, until it is free or found RUNNING with this very transaction. */
async function clearMeter(context: Context, id: string): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    const { state } = await ask(context);
    if (isRunning(context, id)) return;
    const closed = state === "RUNNING" ? await endTransaction(context, "superseded") : state;
    if (closed === "NOT_READY") return;
    await fetchRecord(context, closed, state === "RUNNING");
  }
  throw new TransactionError(
    "METER_REFUSED",
    `Meter ${context.meter.name} keeps its last OCMF file although it was confirmed; its record is in the journal`,
  );
}

async function beginTransaction(context: Context, request: TransactionRequest): Promise<void> {
  const { tracker, meter, time } = context;
  const transactionId = request.transaction_id;
  await at(context, "start.before_intent");
  await tracker.commit({ kind: "accepted", transactionId }, {
    evseId: request.evse_id,
    request: JSON.stringify(request),
    startedAtMs: time.now(),
  });
  await at(context, "start.after_intent");
  try {
    await at(context, "start.before_fields");
    await meter.writeTransaction(requestFields(request, context.log));
    await at(context, "start.after_fields");
  } catch (error) {
    const failure = transactionError(error, `write the transaction's fields to meter ${meter.name}`);
    await tracker.apply({ kind: "failed", reason: failure.message });
    throw failure;
  }
  await begin(context);
  await at(context, "start.before_running");
  await tracker.apply({ kind: "meter", state: "RUNNING", transactionId }, { startedAtMs: time.now() });
  await at(context, "start.after_running");
  await keepStartValue(context, transactionId);
}

/** Writes 'B' and waits for RUNNING. Only a meter that says NOT_READY is sent a second one. */
async function begin(context: Context): Promise<void> {
  let unheard: unknown;
  for (let round = 1; round <= rounds; round++) {
    const problem = await tryBegin(context);
    const refused = problem !== undefined && problem instanceof ModbusError;
    const waitMs = problem === undefined ? runningMs : refused ? 0 : unheardMs;
    const state = await waitForRunning(context, waitMs);
    if (state === "RUNNING") return;
    if (problem === undefined || refused || state !== "NOT_READY") throw await notRunning(context, state, problem);
    unheard = problem;
  }
  const failure = transactionError(unheard, `begin the transaction on meter ${context.meter.name}`);
  await context.tracker.apply({ kind: "failed", reason: failure.message });
  throw failure;
}

/** Writes 'B'. What went wrong is returned: the OCMF state tells whether the meter has taken it all the same. */
async function tryBegin(context: Context): Promise<unknown> {
  const { meter, log } = context;
  await at(context, "start.before_begin");
  let problem: unknown;
  try {
    await meter.begin();
  } catch (error) {
    problem = error;
    log.warn(`The begin command got no good answer: ${errorText(error)}`, { meter: meter.name });
  }
  await at(context, "start.after_begin");
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
async function notRunning(context: Context, state: OcmfState, cause: unknown): Promise<TransactionError> {
  const { meter, tracker } = context;
  const heard = cause === undefined ? "took the begin command" : "refused the begin command";
  const failure = new TransactionError(
    "METER_REFUSED",
    `Meter ${meter.name} ${heard} and is ${state}, not RUNNING` + (cause === undefined ? "" : `: ${errorText(cause)}`),
    { cause },
  );
  if (state === "NOT_READY") await tracker.apply({ kind: "failed", reason: failure.message });
  return failure;
}

/** Reads the signed value at the beginning; a start does not fail with it. */
async function keepStartValue(context: Context, transactionId: string): Promise<void> {
  const { meter, tracker, log } = context;
  try {
    const { data, signature, signingMethod, takenAtMs } = await meter.readSignedValue();
    const publicKey = configuredKey(context, billingIdentity(context));
    const value: StartValue = { data, signature, signingMethod, takenAtMs, publicKey };
    await tracker.write((journal) => journal.setStartValue(meter.name, transactionId, value));
  } catch (error) {
    log.warn(`The start value is not there: ${errorText(error)}`, { meter: meter.name, transaction: transactionId });
  }
  await at(context, "start.after_start_value");
}
