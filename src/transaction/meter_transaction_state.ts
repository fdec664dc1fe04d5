import { isClosed, type OcmfState } from "../meter/mod.ts";
import { transactionIdOf } from "../ocmf/mod.ts";
import type { Context } from "./context.ts";
import { type EndReason, endReason, isBeginning, isOpen, type TransactionState } from "./state_machine.ts";

/** Pause between two reads of the OCMF state. */
const pollMs = 100;

/** State of the transaction on a meter. */
export interface MeterTransactionState {
  readonly state: OcmfState;
  /** The id in the tariff text; only while RUNNING. */
  readonly transactionId?: string | undefined;
  /** Whether that transaction already has its record, so that the text is out of date. */
  readonly isRecorded?: boolean;
}

/** Reads the state from the meter and applies it to the tracker. */
export async function syncState(context: Context): Promise<MeterTransactionState> {
  const found = await readState(context);
  await applyState(context, found);
  return found;
}

/**
 * Applies the state of the meter to the tracker. Before the open transaction counts as lost, reads the serial number:
 * the meter may have been replaced on a line that was never closed.
 *
 * @throws {MeterError} `replaced`: another meter answers
 */
export async function applyState(context: Context, found: MeterTransactionState): Promise<void> {
  const { meter, tracker } = context;
  const { transactionId } = found;
  if (isLost(tracker.state, found)) await meter.requireSameMeter();
  const why = transactionId === undefined ? undefined : unfinishedEndReason(context, transactionId);
  await tracker.apply({ kind: "meter", ...found });
  if (why !== undefined && transactionId !== undefined) await tracker.apply({ kind: "end", why, transactionId });
}

/**
 * The reason of an earlier stop of a transaction that counts as lost, under any name of its meter; undefined: there was
 * no stop.
 */
function unfinishedEndReason({ journal, meter }: Context, transactionId: string): EndReason | undefined {
  const meterId = meter.identity?.meterId ?? "";
  for (const { state, recordSeq, seq } of journal.transactionsOf({ meter: meter.name, meterId, transactionId })) {
    if (state !== "finished" || recordSeq !== undefined) continue;
    const [before, last] = journal.changes(seq).slice(-2);
    if (before?.state === "stopping" && last?.state === "finished") return endReason(before.reason);
  }
  return undefined;
}

/** Whether the meter does not have a transaction that it has begun. */
function isLost(current: TransactionState, { state, transactionId, isRecorded }: MeterTransactionState): boolean {
  if (!isOpen(current) || isBeginning(current) || current.transactionId === undefined) return false;
  if (state !== "RUNNING") return state === "NOT_READY";
  return isRecorded === true || transactionId !== undefined && transactionId !== current.transactionId;
}

/** Reads the state from the meter. */
export async function readState(context: Context): Promise<MeterTransactionState> {
  const state = await context.meter.readOcmfState();
  if (state !== "RUNNING") return { state };
  const transactionId = transactionIdOf(await context.meter.readTariffText());
  return { state, transactionId, isRecorded: hasRecord(context, transactionId) };
}

function hasRecord({ journal, meter }: Context, transactionId: string | undefined): boolean {
  if (transactionId === undefined) return false;
  const known = journal.transaction(meter.name, transactionId);
  return known?.state === "finished" && known.recordSeq !== undefined;
}

/**
 * Reads the OCMF state at once and then every 100 ms, until `done` or until the time limit. `beforeEach` runs before
 * each read.
 *
 * @returns the last state
 * @throws the error of the last read if the time limit has passed; at once if the line is closed, because another meter
 * may answer when it is open again
 */
export async function pollState(
  context: Context,
  forMs: number,
  done: (state: OcmfState) => boolean,
  beforeEach: () => Promise<void> = () => Promise.resolve(),
): Promise<OcmfState> {
  const { meter, time } = context;
  const deadline = time.mono() + forMs;
  for (;;) {
    const begunAt = time.mono();
    await beforeEach();
    let outcome: { readonly state: OcmfState } | { readonly error: unknown };
    try {
      outcome = { state: await meter.readOcmfState() };
    } catch (error) {
      outcome = { error };
    }
    if ("state" in outcome && done(outcome.state)) return outcome.state;
    if ("error" in outcome && isClosed(outcome.error)) throw outcome.error;
    const next = begunAt + pollMs;
    if (next > deadline) {
      if ("error" in outcome) throw outcome.error;
      return outcome.state;
    }
    await time.sleep(next - time.mono());
  }
}
