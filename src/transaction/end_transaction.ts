import { errorText } from "../base/log.ts";
import { ModbusError, type OcmfState } from "../meter/mod.ts";
import type { Context } from "./context.ts";
import { TransactionError, transactionError } from "./errors.ts";
import type { EndReason } from "./state_machine.ts";
import { applyState, pollState } from "./meter_transaction_state.ts";
import { requireNotReplaced } from "./meter_replacement.ts";

/** How long READY is waited for. */
const readyTimeoutMs = 5000;

/** How long a meter that may have taken an 'E' is given before it is sent another one. */
const repeatAfterMs = 1000;

/**
 * Ends the open transaction: the intent goes to the journal, 'E' to the meter, and READY is waited for. An 'E' whose
 * answer was lost is repeated while the meter stays RUNNING: one that it has executed it refuses, which does no harm.
 *
 * An intent that cannot be journalled does not keep the transaction open: its record would tell of a longer session
 * than there was, and it stays on the meter until it can be stored.
 *
 * @returns the state that the meter closed in
 * @throws {TransactionError} `METER_REFUSED`, `OCMF_NOT_READY`, or what the line said; it may close later then
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

async function requireUnreplacedMeter(context: Context): Promise<void> {
  try {
    await requireNotReplaced(context);
  } catch (error) {
    throw transactionError(error, `end the transaction of meter ${context.meter.name}`);
  }
}

/**
 * Sends 'E' and waits for READY, whatever transaction the meter runs.
 *
 * @param mayHaveEnded whether an 'E' was sent before
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
    const error = await writeEnd(context);
    sends++;
    acknowledged = error === undefined;
    // Only a first 'E' is surely refused: a meter refuses the repeat of one that it has taken
    if (error instanceof ModbusError && sends === 1 && !mayHaveEnded) refusal = error;
    sendAtMs = time.mono() + repeatAfterMs;
  };
  const state = await waitUntilClosed(context, sendEnd, () => refusal !== undefined);
  if (state !== "RUNNING") return state;
  if (refusal !== undefined) {
    throw new TransactionError(
      "METER_REFUSED",
      `Meter ${meter.name} refuses to end its transaction and stays RUNNING; it is tried again by itself`,
      { cause: refusal },
    );
  }
  throw new TransactionError(
    "OCMF_NOT_READY",
    `Meter ${meter.name} has no record ready after ${readyTimeoutMs / 1000} s; it is fetched and published when it is`,
  );
}

/** Writes 'E'. What went wrong is returned: the OCMF state tells whether the meter has taken it all the same. */
async function writeEnd(context: Context): Promise<unknown> {
  const { meter, log, tracker } = context;
  tracker.noteEndSent();
  let problem: unknown;
  try {
    await meter.end();
  } catch (error) {
    problem = error;
    log.warn(`The end command got no good answer: ${errorText(error)}`, { meter: meter.name });
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
    throw transactionError(error, `see whether meter ${context.meter.name} has closed its transaction`);
  }
}
