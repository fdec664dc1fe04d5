import { errorText } from "../base/log.ts";
import { ModbusError, type OcmfState } from "../meter/mod.ts";
import type { Context } from "./context.ts";
import { TransactionError, transactionError } from "./errors.ts";
import type { EndReason } from "./state_machine.ts";
import { applyState, pollState } from "./meter_transaction_state.ts";
import { requireNotReplaced } from "./meter_replacement.ts";

/** Time limit for READY. */
const readyTimeoutMs = 5000;

/** Time after an 'E' that the meter may have received, before another one is sent. */
const repeatAfterMs = 1000;

/**
 * Ends the open transaction: writes the intent to the journal and 'E' to the meter, and waits for READY. An 'E' without
 * an answer is repeated while the meter stays RUNNING; a meter that has already executed it refuses it, which does no
 * harm.
 *
 * If the intent cannot be written to the journal, the transaction is ended anyway, because otherwise its record would
 * show a longer session than the real one. The record stays on the meter until it can be stored.
 *
 * @returns the state after the end
 * @throws {TransactionError} `METER_REFUSED`, `OCMF_NOT_READY`, or a failure on the line; then the meter may close it
 * later
 */
export async function endTransaction(context: Context, why: EndReason): Promise<Exclude<OcmfState, "RUNNING">> {
  const { tracker } = context;
  const mayHaveEnded = tracker.endSent;
  await tracker.apply({ kind: "end", why });
  await requireUnreplacedMeter(context);
  const state = await closeOnMeter(context, mayHaveEnded);
  await applyState(context, { state });
  return state;
}

/**
 * Ensures that an 'E' does not end the transaction of another meter.
 *
 * @throws {TransactionError} another meter answers
 */
export async function requireUnreplacedMeter(context: Context): Promise<void> {
  try {
    await requireNotReplaced(context);
  } catch (error) {
    throw transactionError(error, `end the transaction on meter ${context.meter.name}`);
  }
}

/**
 * Sends 'E' and waits for READY, independent of the transaction that the meter runs.
 *
 * @param mayHaveEnded whether an 'E' was already sent
 * @throws {TransactionError} as `endTransaction`
 */
export async function closeOnMeter(
  context: Context,
  mayHaveEnded: boolean,
): Promise<Exclude<OcmfState, "RUNNING">> {
  const { meter, time } = context;
  let acknowledged = false;
  let refusal: ModbusError | undefined;
  let sends = 0;
  let sendAtMs = time.mono() + (mayHaveEnded ? repeatAfterMs : 0);
  const sendEnd = async () => {
    if (acknowledged || time.mono() < sendAtMs) return;
    // While an 'E' had no answer, the meter may have been replaced by one that is RUNNING
    if (sends > 0 || mayHaveEnded) await requireUnreplacedMeter(context);
    const error = await writeEnd(context);
    sends++;
    acknowledged = error === undefined;
    // Only the refusal of a first 'E' is certain: a meter refuses a repeated 'E' after it has executed the first
    if (error instanceof ModbusError && sends === 1 && !mayHaveEnded) refusal = error;
    sendAtMs = time.mono() + repeatAfterMs;
  };
  const state = await waitUntilClosed(context, sendEnd, () => refusal !== undefined);
  if (state !== "RUNNING") return state;
  if (refusal !== undefined) {
    throw new TransactionError(
      "METER_REFUSED",
      `Meter ${meter.name} refuses to end its transaction and stays RUNNING; the service retries`,
      { cause: refusal },
    );
  }
  throw new TransactionError(
    "OCMF_NOT_READY",
    `Meter ${meter.name} has no record ready after ${
      readyTimeoutMs / 1000
    } s; the service fetches and publishes it later`,
  );
}

/** Writes 'E'. A failure is returned, not thrown: the OCMF state shows whether the meter has executed the command. */
async function writeEnd(context: Context): Promise<unknown> {
  const { meter, log, tracker } = context;
  tracker.noteEndSent();
  let problem: unknown;
  try {
    await meter.end();
  } catch (error) {
    problem = error;
    log.warn(`The end command has no valid answer: ${errorText(error)}`, { meter: meter.name });
  }
  return problem;
}

async function waitUntilClosed(
  context: Context,
  beforeEach: () => Promise<void>,
  refused: () => boolean,
): Promise<OcmfState> {
  try {
    return await pollState(context, readyTimeoutMs, (state) => state !== "RUNNING" || refused(), beforeEach);
  } catch (error) {
    throw transactionError(error, `read whether meter ${context.meter.name} has closed its transaction`);
  }
}
