import { errorText } from "../base/log.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { LineError, MeterError, PortError } from "../meter/mod.ts";
import { recordFacts } from "../ocmf/mod.ts";
import { at, billingIdentity, configuredKey, type Context } from "./context.ts";
import { TransactionError, transactionError } from "./errors.ts";
import { judgeRecord } from "./judge_record.ts";
import { recordReason } from "./machine.ts";
import { recordOwner } from "./record_owner.ts";

/** How often a file that should be there is read, and the pause in between. */
const readAttempts = 5;
const readPauseMs = 200;

/** How often a confirmation is written whose answer was lost. */
const confirmAttempts = 3;

/**
 * Fetches what the meter holds: reads the file, stores it durably, judges it, and only then lets the meter erase it.
 * Harmless to repeat: the same bytes stay one record. A confirmation that fails is repeated in the background.
 *
 * @param found the OCMF state that the meter is in
 * @param ended whether the open transaction was just ended, so that the file came of it
 * @throws {TransactionError} nothing is confirmed then, the file stays on the meter
 */
export async function fetchRecord(context: Context, found: "READY" | "CORRUPTED", ended: boolean): Promise<void> {
  const { meter, tracker, announce, finishLater } = context;
  try {
    await at(context, "record.before_read");
    const ocmf = await readFile(context, found);
    await at(context, "record.after_read");
    const record = await store(context, found, ocmf, ended);
    announce({ kind: "record", seq: record.seq });
    await tracker.apply({ kind: "stored", transactionId: record.transactionId, reason: record.reason });
    if (!await confirm(context)) return finishLater();
    await tracker.apply({ kind: "meter", state: "NOT_READY" });
    await meter.settleClock(recordFacts(record.ocmf).lastTx === "P");
  } catch (error) {
    throw transactionError(error, `fetch the record of meter ${meter.name}`);
  }
}

async function readFile(context: Context, found: "READY" | "CORRUPTED"): Promise<Uint8Array> {
  const { meter, time } = context;
  for (let attempt = 1; attempt < readAttempts; attempt++) {
    try {
      const ocmf = await meter.readOcmfFile();
      if (ocmf.length > 0) return ocmf;
    } catch (error) {
      if (error instanceof LineError || error instanceof PortError) throw error;
    }
    await time.sleep(readPauseMs);
  }
  if (found === "CORRUPTED") return await meter.salvageOcmfFile();
  let why = "its OCMF file is empty";
  try {
    const ocmf = await meter.readOcmfFile();
    if (ocmf.length > 0) return ocmf;
  } catch (error) {
    if (!(error instanceof MeterError)) throw error;
    why = error.message;
  }
  const problem = `Meter ${meter.name} says READY, but: ${why}`;
  meter.faults.raise("OcmfCorrupted", `${problem}; the file stays on the meter`);
  throw new TransactionError("OCMF_CORRUPTED", problem);
}

async function store(
  context: Context,
  found: "READY" | "CORRUPTED",
  ocmf: Uint8Array,
  ended: boolean,
): Promise<StoredRecord> {
  const { meter, tracker, time } = context;
  const identity = billingIdentity(context);
  const facts = recordFacts(ocmf);
  const transactionId = await recordOwner(context, ocmf, facts.transactionId, ended);
  const { record, created } = await tracker.write((journal) =>
    journal.storeRecord({
      meter: meter.name,
      meterId: identity.meterId,
      transactionId,
      evseId: facts.evseId,
      reason: recordReason(tracker.state, found, transactionId, facts.lastTx),
      ocmf,
      publicKey: configuredKey(context, identity),
      signingMethod: identity.billing.signingMethod,
      readAtMs: time.now(),
    })
  );
  context.log.info(created ? "Record stored" : "Record found stored already", {
    meter: meter.name,
    transaction: transactionId,
    reason: record.reason,
    record: record.seq,
  });
  const hold = at(context, "record.after_store");
  if (hold !== undefined) await hold;
  if (record.verdict === undefined) await judgeRecord(context, record);
  if (found === "READY") meter.faults.clear("OcmfCorrupted");
  await at(context, "record.after_verdict");
  return record;
}

/**
 * Lets the meter erase its file. False: it could not be told, or it cannot be known.
 *
 * @throws {JournalError} the record may not be where a later process finds it, so that nothing is confirmed
 */
async function confirm(context: Context): Promise<boolean> {
  const { meter, tracker, log } = context;
  for (let attempt = 1; attempt <= confirmAttempts; attempt++) {
    await at(context, "record.before_confirm");
    await tracker.write((journal) => journal.check());
    try {
      await meter.confirmOcmfFile();
      await at(context, "record.after_confirm");
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
