import type { RecordReason, StoredState, StoredTransaction } from "../journal/mod.ts";
import type { OcmfState } from "../meter/mod.ts";

/** Why a transaction was ended, if the meter did not close it itself. */
export type EndReason = "stopped" | "superseded" | "cancelled";

/** Why a transaction has ended without a record. */
export type LossReason = "not_on_meter" | "meter_exchanged";

/**
 * State of the transactions of a meter. A transaction that was found on the meter may have no id. After a failed start,
 * the state is `idle` with the reason.
 */
export type TransactionState =
  | { readonly kind: "idle"; readonly transactionId?: string; readonly reason?: string }
  | { readonly kind: "starting"; readonly transactionId: string }
  | { readonly kind: "running"; readonly transactionId: string | undefined }
  | {
    readonly kind: "stopping";
    readonly transactionId: string | undefined;
    readonly why: EndReason;
    /** Set if its start had not ended: the meter may not have begun it. */
    readonly mayNotHaveBegun?: true;
  }
  | {
    readonly kind: "finished";
    readonly transactionId: string | undefined;
    readonly reason: RecordReason | LossReason;
  }
  | { readonly kind: "corrupted"; readonly transactionId: string | undefined };

/** An input of the state machine. */
export type Input =
  /** A valid start was accepted; the meter is known to be free. */
  | { readonly kind: "accepted"; readonly transactionId: string }
  /** The start failed, and the meter has begun nothing. */
  | { readonly kind: "failed"; readonly reason: string }
  /**
   * The state that the meter reports; `transactionId`: the id in its tariff text while it is RUNNING. `isRecorded`:
   * that transaction already has its record, so the text is out of date.
   */
  | {
    readonly kind: "meter";
    readonly state: OcmfState;
    readonly transactionId?: string | undefined;
    readonly isRecorded?: boolean;
  }
  /** The open transaction must be ended; with an id, only if it is this transaction. */
  | { readonly kind: "end"; readonly why: EndReason; readonly transactionId?: string }
  /** A record is in the journal. */
  | { readonly kind: "stored"; readonly transactionId: string | undefined; readonly reason: RecordReason }
  /** Another meter answers than the one that the open transaction ran on. */
  | { readonly kind: "replaced" };

/** Work to do before the next state applies. */
export type Effect =
  | {
    readonly do: "journal";
    readonly transactionId: string;
    readonly state: StoredState;
    readonly reason: string | undefined;
  }
  | { readonly do: "monitor"; readonly on: boolean }
  | { readonly do: "raise"; readonly fault: "OcmfTransactionClosed" | "OcmfCorrupted" };

/** Result of one input. */
export interface Step {
  readonly state: TransactionState;
  readonly effects: readonly Effect[];
}

type BeginningState = Extract<TransactionState, { kind: "starting" | "stopping" }> & { transactionId: string };
type OpenState = Extract<TransactionState, { kind: "starting" | "running" | "stopping" }>;

/** Whether the transaction may still be on the meter. */
export function isOpen(state: TransactionState): state is OpenState {
  return state.kind === "starting" || state.kind === "running" || state.kind === "stopping";
}

/** The next state and its effects. An input that is not valid in a state changes nothing. */
export function step(state: TransactionState, input: Input): Step {
  const next = transition(state, input);
  return isMonitored(next.state) === isMonitored(state)
    ? next
    : { ...next, effects: [...next.effects, { do: "monitor", on: isMonitored(next.state) }] };
}

/** Whether its start has not ended, so that the meter may not have begun it. */
export function isBeginning(state: TransactionState): state is BeginningState {
  return state.kind === "starting" || state.kind === "stopping" && state.mayNotHaveBegun === true;
}

/** Whether the OCMF state of the meter must be monitored. */
export function isMonitored(state: TransactionState): boolean {
  return state.kind === "running" || state.kind === "stopping";
}

/** The end reason in the journal. */
export function endReason(reason: string | undefined): EndReason {
  return reason === "superseded" || reason === "cancelled" ? reason : "stopped";
}

/** The state of a transaction in the journal. */
export function restore(transaction: StoredTransaction | undefined): TransactionState {
  if (transaction === undefined) return { kind: "idle" };
  const { transactionId, reason } = transaction;
  switch (transaction.state) {
    case "starting":
    case "running":
    case "corrupted":
      return { kind: transaction.state, transactionId };
    case "stopping":
      return {
        kind: "stopping",
        transactionId,
        why: endReason(reason),
      };
    case "finished":
      return { kind: "finished", transactionId, reason: (reason ?? "not_on_meter") as RecordReason | LossReason };
    case "idle":
      return { kind: "idle", transactionId, ...(reason !== undefined && { reason }) };
  }
}

/**
 * The reason of a record that was just read from the meter.
 *
 * @param transactionId the id under which the record is stored
 * @param lastTx TX of its last reading
 */
export function recordReason(
  state: TransactionState,
  found: "READY" | "CORRUPTED",
  transactionId: string | undefined,
  lastTx: string | undefined,
): RecordReason {
  if (found === "CORRUPTED") return "corrupted";
  // The meter closed it before the requested end
  if (lastTx === "P") return "power_loss";
  const ended = state.kind === "stopping" && (state.transactionId ?? transactionId) === transactionId;
  return ended ? state.why : "recovered";
}

function transition(state: TransactionState, input: Input): Step {
  switch (input.kind) {
    case "accepted":
      if (isOpen(state)) return { state, effects: [] };
      return enter({ kind: "starting", transactionId: input.transactionId });
    case "failed":
      if (!isBeginning(state)) return { state, effects: [] };
      return enter({ kind: "idle", transactionId: state.transactionId, reason: input.reason });
    case "end":
      return end(state, input.why, input.transactionId);
    case "stored":
      return stored(state, input.transactionId, input.reason);
    case "replaced":
      if (!isOpen(state)) return { state, effects: [] };
      return enter({ kind: "finished", transactionId: state.transactionId, reason: "meter_exchanged" });
    case "meter":
      return input.isRecorded ? adoptWithoutId(state) : applyFound(state, input.state, input.transactionId);
  }
}

/** The state of the meter takes precedence over the remembered state. */
function applyFound(state: TransactionState, found: OcmfState, transactionId: string | undefined): Step {
  switch (found) {
    case "NOT_READY":
      return loseOpen(state);
    case "READY":
      return { state, effects: state.kind === "running" ? [{ do: "raise", fault: "OcmfTransactionClosed" }] : [] };
    case "CORRUPTED":
      return { state, effects: [{ do: "raise", fault: "OcmfCorrupted" }] };
    case "RUNNING":
      return adoptRunning(state, transactionId);
  }
}

function end(state: TransactionState, why: EndReason, transactionId: string | undefined): Step {
  if (state.kind !== "starting" && state.kind !== "running") return { state, effects: [] };
  if (transactionId !== undefined && transactionId !== state.transactionId) return { state, effects: [] };
  return enter({
    kind: "stopping",
    transactionId: state.transactionId,
    why,
    ...(state.kind === "starting" && { mayNotHaveBegun: true }),
  });
}

function adoptRunning(state: TransactionState, found: string | undefined): Step {
  if (!isOpen(state)) return enter({ kind: "running", transactionId: found });
  if (found === undefined || found === state.transactionId) {
    if (state.kind === "starting") return enter({ kind: "running", transactionId: state.transactionId });
    if (state.kind === "running") return { state, effects: [] };
    return { state: { kind: state.kind, transactionId: state.transactionId, why: state.why }, effects: [] };
  }
  if (state.transactionId === undefined) return enter({ ...state, transactionId: found });
  const lost = loseOpen(state);
  const next = enter({ kind: "running", transactionId: found });
  return { state: next.state, effects: [...lost.effects, ...next.effects] };
}

/** The meter runs with the text of an ended transaction: the open transaction is not on it. */
function adoptWithoutId(state: TransactionState): Step {
  if (isOpen(state) && state.transactionId === undefined) return { state, effects: [] };
  return { state: { kind: "running", transactionId: undefined }, effects: loseOpen(state).effects };
}

function loseOpen(state: TransactionState): Step {
  const reason = "not_on_meter";
  if (!isOpen(state)) return { state, effects: [] };
  if (isBeginning(state)) return enter({ kind: "idle", transactionId: state.transactionId, reason });
  return enter({ kind: "finished", transactionId: state.transactionId, reason });
}

/** The journal ends a transaction when it stores its record, so nothing is left to write. */
function stored(state: TransactionState, transactionId: string | undefined, reason: RecordReason): Step {
  if (isOpen(state) && state.transactionId !== undefined && state.transactionId !== transactionId) {
    return { state, effects: [] };
  }
  if (reason === "corrupted") return { state: { kind: "corrupted", transactionId }, effects: [] };
  return { state: { kind: "finished", transactionId, reason }, effects: [] };
}

function enter(state: TransactionState): Step {
  if (state.transactionId === undefined) return { state, effects: [] };
  const reason = state.kind === "stopping" ? state.why : "reason" in state ? state.reason : undefined;
  return { state, effects: [{ do: "journal", transactionId: state.transactionId, state: state.kind, reason }] };
}
