import { errorText } from "../base/log.ts";
import type { NewRecord, StoredRecord } from "../journal/mod.ts";
import { parsedFacts, ParsedRecord, type RecordFacts } from "../ocmf/mod.ts";
import { billingIdentity, configuredKey, type Context } from "./context.ts";
import { transactionError } from "./errors.ts";
import { verifyStoredRecord } from "./verify_stored_record.ts";
import { isOpen, recordReason, type TransactionState } from "./state_machine.ts";
import { type OcmfFile, readOcmfFile } from "./read_ocmf_file.ts";
import { type FileOrigin, isAnother, recordOwner } from "./record_owner.ts";
import { requireNotReplaced } from "./meter_replacement.ts";

/** The most writes of a confirmation without an answer. */
const maxConfirmWrites = 3;

/** A file that is stored within this time after it was read is confirmed without another check of the meter. */
const confirmUncheckedWithinMs = 1000;

/** A record that is in the journal. */
export interface FetchedRecord {
  readonly record: StoredRecord;
  /** Whether the meter has erased the file; false: it may still hold it, and recovery confirms the record again. */
  readonly isErased: boolean;
}

/**
 * Fetches the record on the meter: reads the file, stores it durably, verifies it, and only then lets the meter erase
 * it. Safe to repeat: the same bytes are stored once.
 *
 * @param found the OCMF state of the meter
 * @param origin origin of the file
 * @throws {TransactionError} nothing was confirmed, and the file stays on the meter
 */
export async function fetchRecord(
  context: Context,
  found: "READY" | "CORRUPTED",
  origin: FileOrigin,
): Promise<FetchedRecord> {
  const { meter, tracker, time } = context;
  try {
    const file = await readOcmfFile(context, billingIdentity(context), found, origin);
    const readAtMs = time.mono();
    const facts = parsedFacts(file.parsed);
    const record = await store(context, file, facts, await verifyOrigin(context, facts) ? origin : "stray");
    const loss = lossReason(context, record);
    // During a slow write, the meter may have been replaced
    if (time.mono() - readAtMs > confirmUncheckedWithinMs) await requireNotReplaced(context);
    if (!await confirmFile(context)) return { record, isErased: false };
    await tracker.apply({ kind: "meter", state: "NOT_READY" }, { loss });
    await meter.setClockIfDue(facts.lastTx === "P");
    return { record, isErased: true };
  } catch (error) {
    throw transactionError(error, `fetch the record of meter ${meter.name}`);
  }
}

/**
 * Compares the serial number in the record with that of the meter. If they differ, reads the serial number of the meter
 * again.
 *
 * @returns false: the record names another meter
 * @throws {MeterError} `replaced`: another meter answers
 */
async function verifyOrigin({ meter, log }: Context, { serialNumber }: RecordFacts): Promise<boolean> {
  const own = meter.identity?.serialNumber;
  const named = serialNumber?.replaceAll("\0", "").trim();
  if (named === undefined || named === "" || named === own) return true;
  await meter.requireSameMeter();
  log.error(`The record on meter ${own} names meter ${named}; it is stored under the transaction id in its text`, {
    meter: meter.name,
  });
  return false;
}

/** Why the open transaction ends without a record, if the meter has returned the record of another one. */
function lossReason({ tracker }: Context, record: StoredRecord): string | undefined {
  const { state } = tracker;
  if (!isOpen(state) || state.transactionId === undefined || state.transactionId === record.transactionId) return;
  return `the meter returned the record of ${record.transactionId ?? "a transaction without an id"}`;
}

async function store(
  context: Context,
  { parsed, state, isSigned }: OcmfFile,
  facts: RecordFacts,
  origin: FileOrigin,
): Promise<StoredRecord> {
  const { meter, tracker, time } = context;
  const identity = billingIdentity(context);
  const { ocmf } = parsed;
  const transactionId = await recordOwner(context, ocmf, facts.transactionId, origin);
  const replaces = transactionId === undefined ? undefined : recordToReplace(context, transactionId, facts, isSigned);
  const record = (current: TransactionState): NewRecord => ({
    meter: meter.name,
    meterId: identity.meterId,
    transactionId,
    evseId: facts.evseId,
    reason: recordReason(current, state, transactionId, facts.lastTx),
    ocmf,
    publicKey: configuredKey(context, identity),
    signingMethod: identity.billing.signingMethod,
    readAtMs: time.now(),
    replaces,
  });
  return await tracker.store(record, async (stored, created) => {
    context.log.info(created ? "Record stored" : "The record was already stored", {
      meter: meter.name,
      transaction: transactionId,
      reason: stored.reason,
      record: stored.seq,
    });
    if (created && facts.lastTx === "P") {
      const session = `transaction ${transactionId ?? "without an id"}`;
      context.log.warn(`The meter closed ${session} after a power loss; no record contains the energy after that`, {
        meter: meter.name,
      });
    }
    if (stored.verdict === undefined) await verifyStoredRecord(context, stored, parsed);
    if (state === "READY") meter.faults.clear("OcmfCorrupted");
  });
}

/**
 * The record of a transaction that must be replaced: it names another transaction (stored by an earlier release), or it
 * was stored before its file was complete.
 */
function recordToReplace(
  { journal, meter }: Context,
  transactionId: string,
  { pagination }: RecordFacts,
  isSigned: boolean,
): number | undefined {
  const seq = journal.transaction(meter.name, transactionId)?.recordSeq;
  const record = seq === undefined ? undefined : journal.record(seq);
  if (record === undefined) return undefined;
  const stored = new ParsedRecord(record.ocmf);
  const { transactionId: named, pagination: before } = parsedFacts(stored);
  if (isAnother(named, transactionId)) return seq;
  const isOther = before !== undefined && pagination !== undefined && before !== pagination;
  return isSigned && !isOther && !stored.isSignedBy(record.publicKey) ? seq : undefined;
}

/**
 * Lets the meter erase its file. False: the confirmation failed, or its result is unknown.
 *
 * @throws {JournalError} a later process may not find the record, so nothing was confirmed
 */
async function confirmFile(context: Context): Promise<boolean> {
  const { meter, tracker, log } = context;
  for (let attempt = 1; attempt <= maxConfirmWrites; attempt++) {
    await tracker.write((journal) => journal.check());
    // While a confirmation had no answer, the meter may have been replaced by one with an unread file
    if (attempt > 1 && !await isStillHere(context)) return false;
    try {
      await meter.confirmOcmfFile();
      return true;
    } catch (error) {
      log.warn(`The confirmation of the record has no valid answer: ${errorText(error)}`, { meter: meter.name });
    }
    try {
      if (await meter.readOcmfState() === "NOT_READY") return true;
    } catch (error) {
      log.warn(`Cannot read whether the record was confirmed: ${errorText(error)}`, { meter: meter.name });
      return false;
    }
  }
  return false;
}

/** Whether the identified meter is connected; false: another one answers. */
async function isStillHere(context: Context): Promise<boolean> {
  try {
    await requireNotReplaced(context);
    return true;
  } catch (error) {
    context.log.warn(`The confirmation is not repeated: ${errorText(error)}`, { meter: context.meter.name });
    return false;
  }
}
