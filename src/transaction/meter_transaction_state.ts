import { isClosed, type OcmfState } from "../meter/mod.ts";
import { transactionIdOf } from "../ocmf/mod.ts";
import type { Context } from "./context.ts";
import { type EndReason, endReason, isBeginning, isOpen, type TransactionState } from "./state_machine.ts";

/** Pause between two looks at the OCMF state. */
const pollMs = 100;

/** What a meter says of its transaction. */
export interface MeterTransactionState {
  readonly state: OcmfState;
  /** The id in its tariff text; only while RUNNING. */
  readonly transactionId?: string | undefined;
  /** Whether that transaction has its record already, so that the text is an old one. */
  readonly isRecorded?: boolean;
}

/** Asks the meter what it holds and lets the tracker know. */
export async function syncState(context: Context): Promise<MeterTransactionState> {
  const found = await readState(context);
  await applyState(context, found);
  return found;
}

/**
 * Lets the tracker know what the meter says. Before the open transaction is lost by that, the meter is asked who it is:
 * another one may have come to its place on a line that was never closed.
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
 * Why a transaction that was given up as lost was to be ended before, here or where its meter was then; undefined: it was
 * not.
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

/** Whether the meter does not hold what it is known to have begun. */
function isLost(current: TransactionState, { state, transactionId, isRecorded }: MeterTransactionState): boolean {
  if (!isOpen(current) || isBeginning(current) || current.transactionId === undefined) return false;
  if (state !== "RUNNING") return state === "NOT_READY";
  return isRecorded === true || transactionId !== undefined && transactionId !== current.transactionId;
}

/** Asks the meter what it holds. */
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
 * Reads the OCMF state every 100 ms, at once for the first time, until `done` or until the time is over. `beforeEach`
 * runs before each read.
 *
 * @returns the last state that was read
 * @throws what the last read threw, when the time was over with it; at once when the line is closed, as another meter
 * may be behind it when it is open again
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
