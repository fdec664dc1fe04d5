import { errorText } from "../base/log.ts";
import type { NewRecord, StoredRecord } from "../journal/mod.ts";
import { isSignedRecord, type RecordFacts, recordFacts } from "../ocmf/mod.ts";
import { billingIdentity, configuredKey, type Context } from "./context.ts";
import { transactionError } from "./errors.ts";
import { verifyStoredRecord } from "./verify_stored_record.ts";
import { isOpen, recordReason, type TransactionState } from "./state_machine.ts";
import { type OcmfFile, readOcmfFile } from "./read_ocmf_file.ts";
import { type FileOrigin, namesAnother, recordOwner } from "./record_owner.ts";
import { requireNotReplaced } from "./meter_replacement.ts";

/** How often a confirmation is written whose answer was lost. */
const maxConfirmWrites = 3;

/** A file that is stored so soon after it was read is confirmed to the meter that it came from. */
const confirmUncheckedWithinMs = 1000;

/**
 * Fetches what the meter holds: reads the file, stores it durably, judges it, and only then lets the meter erase it.
 * Harmless to repeat: the same bytes stay one record.
 *
 * @param found the OCMF state that the meter is in
 * @param origin what the file came of
 * @returns whether the meter has erased the file; false: it may still hold it, and recovery confirms the record again
 * @throws {TransactionError} nothing is confirmed then, the file stays on the meter
 */
export async function fetchRecord(
  context: Context,
  found: "READY" | "CORRUPTED",
  origin: FileOrigin,
): Promise<boolean> {
  const { meter, tracker, time } = context;
  try {
    const file = await readOcmfFile(context, billingIdentity(context), found, origin);
    const readAtMs = time.mono();
    const facts = recordFacts(file.ocmf);
    const record = await store(context, file, facts, await verifyOrigin(context, facts) ? origin : "stray");
    const loss = lossReason(context, record);
    // A slow disk leaves time to swap a meter
    if (time.mono() - readAtMs > confirmUncheckedWithinMs) await requireNotReplaced(context);
    if (!await confirmFile(context)) return false;
    await tracker.apply({ kind: "meter", state: "NOT_READY" }, { loss });
    await meter.setClockIfDue(facts.lastTx === "P");
    return true;
  } catch (error) {
    throw transactionError(error, `fetch the record of meter ${meter.name}`);
  }
}

/**
 * Compares the record's serial number with the meter's own. Where they differ, the meter is asked once more who it is.
 *
 * @returns false when the record names another meter than the one that holds it
 * @throws {MeterError} `replaced`: another meter answers
 */
async function verifyOrigin({ meter, log }: Context, { serialNumber }: RecordFacts): Promise<boolean> {
  const own = meter.identity?.serialNumber;
  const named = serialNumber?.replaceAll("\0", "").trim();
  if (named === undefined || named === "" || named === own) return true;
  await meter.requireSameMeter();
  log.error(`The record on meter ${own} names meter ${named}; it is stored under the id in its own text`, {
    meter: meter.name,
  });
  return false;
}

/** Why the open transaction ends without a record, where its meter gave another transaction's. */
function lossReason({ tracker }: Context, record: StoredRecord): string | undefined {
  const { state } = tracker;
  if (!isOpen(state) || state.transactionId === undefined || state.transactionId === record.transactionId) return;
  return `the meter gave the record of ${record.transactionId ?? "a transaction without an id"}`;
}

async function store(
  context: Context,
  { ocmf, state, isWhole }: OcmfFile,
  facts: RecordFacts,
  origin: FileOrigin,
): Promise<StoredRecord> {
  const { meter, tracker, time } = context;
  const identity = billingIdentity(context);
  const transactionId = await recordOwner(context, ocmf, facts.transactionId, origin);
  const replaces = transactionId === undefined ? undefined : recordToReplace(context, transactionId, facts, isWhole);
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
    context.log.info(created ? "Record stored" : "Record found stored already", {
      meter: meter.name,
      transaction: transactionId,
      reason: stored.reason,
      record: stored.seq,
    });
    if (created && facts.lastTx === "P") {
      const session = `transaction ${transactionId ?? "without an id"}`;
      context.log.warn(`The meter closed ${session} after a power loss: no record has the energy since then`, {
        meter: meter.name,
      });
    }
    if (stored.verdict === undefined) await verifyStoredRecord(context, stored);
    if (state === "READY") meter.faults.clear("OcmfCorrupted");
  });
}

/**
 * The record of a transaction that has to give way: one that names another transaction, as an earlier release stored it,
 * or one that was stored before its file was whole.
 */
function recordToReplace(
  { journal, meter }: Context,
  transactionId: string,
  { pagination }: RecordFacts,
  isWhole: boolean,
): number | undefined {
  const seq = journal.transaction(meter.name, transactionId)?.recordSeq;
  const record = seq === undefined ? undefined : journal.record(seq);
  if (record === undefined) return undefined;
  if (namesAnother(record.ocmf, transactionId)) return seq;
  const before = recordFacts(record.ocmf).pagination;
  const isOther = before !== undefined && pagination !== undefined && before !== pagination;
  return isWhole && !isOther && !isSignedRecord(record.ocmf, record.publicKey) ? seq : undefined;
}

/**
 * Lets the meter erase its file. False: it could not be told, or it cannot be known.
 *
 * @throws {JournalError} the record may not be where a later process finds it, so that nothing is confirmed
 */
async function confirmFile(context: Context): Promise<boolean> {
  const { meter, tracker, log } = context;
  for (let attempt = 1; attempt <= maxConfirmWrites; attempt++) {
    await tracker.write((journal) => journal.check());
    try {
      await meter.confirmOcmfFile();
      return true;
    } catch (error) {
      log.warn(`The record's confirmation got no good answer: ${errorText(error)}`, { meter: meter.name });
    }
    try {
      if (await meter.readOcmfState() === "NOT_READY") return true;
    } catch (error) {
      log.warn(`Cannot see whether the record was confirmed: ${errorText(error)}`, { meter: meter.name });
      return false;
    }
  }
  return false;
}
