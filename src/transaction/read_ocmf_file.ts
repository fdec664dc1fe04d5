import { LineError, PortError } from "../meter/mod.ts";
import { ParsedRecord } from "../ocmf/mod.ts";
import { type BillingIdentity, configuredKey, type Context } from "./context.ts";
import { TransactionError } from "./errors.ts";
import { requireNotReplaced } from "./meter_replacement.ts";
import { equalBytes, type FileOrigin } from "./record_owner.ts";

/**
 * A file without a valid signature is read again for this long: a meter may report READY before its file is complete.
 */
const wholeTimeoutMs = 5000;
const readPauseMs = 500;

/** An OCMF file. */
export interface OcmfFile {
  readonly parsed: ParsedRecord;
  /** CORRUPTED also if a meter in state READY returns no file. */
  readonly state: "READY" | "CORRUPTED";
  /** Whether its signature is valid. */
  readonly isSigned: boolean;
}

/**
 * Reads the file on the meter. A file with a valid signature is complete. Any other file is read again until 5 s after
 * the first read. The same applies to the file of the previous transaction, which a meter may still return after it has
 * just closed a transaction. Then the last file counts. If no file can be read by then, it is treated as corrupted, and
 * all of its registers are read once, so that no file can block the meter.
 *
 * Only a signature shows which meter has made a file. Therefore the serial number of the meter is read before and after
 * the last read of any other file.
 *
 * @param found the OCMF state of the meter
 * @param origin origin of the file
 * @throws {LineError} no usable answer; the file stays on the meter
 * @throws {ModbusError} the meter is busy; the file stays on the meter
 * @throws {MeterError} `replaced`: another meter answers; nothing is known about the file
 */
export async function readOcmfFile(
  context: Context,
  identity: BillingIdentity,
  found: "READY" | "CORRUPTED",
  origin: FileOrigin,
): Promise<OcmfFile> {
  const { meter } = context;
  if (found === "CORRUPTED") return { parsed: await salvage(context), state: found, isSigned: false };
  const { parsed, isSigned, problem } = await readUntilSigned(context, identity, origin);
  if (parsed !== undefined) return { parsed, state: found, isSigned };
  const salvaged = await salvage(context);
  meter.faults.raise(
    "OcmfCorrupted",
    `Meter ${meter.name} reports READY, but ${problem}; the content of its registers is stored in the journal`,
  );
  return { parsed: salvaged, state: "CORRUPTED", isSigned: false };
}

/** All registers of the file of this meter, without a check of their content. */
async function salvage(context: Context): Promise<ParsedRecord> {
  await requireFileHere(context);
  const salvaged = new ParsedRecord(await context.meter.salvageOcmfFile());
  await requireNotReplaced(context);
  return salvaged;
}

/**
 * Ensures that the meter itself has a file.
 *
 * @throws {TransactionError} it has none: another meter has returned what was read
 * @throws {MeterError} `replaced`: another meter answers
 */
async function requireFileHere(context: Context): Promise<void> {
  const { meter } = context;
  await requireNotReplaced(context);
  const state = await meter.readOcmfState();
  if (state === "READY" || state === "CORRUPTED") return;
  throw new TransactionError("OCMF_NOT_READY", `Meter ${meter.name} is ${state}, and has no file; the service retries`);
}

async function readUntilSigned(
  context: Context,
  identity: BillingIdentity,
  origin: FileOrigin,
): Promise<{ readonly parsed: ParsedRecord | undefined; readonly isSigned: boolean; readonly problem: string }> {
  const { meter, time } = context;
  const key = configuredKey(context, identity);
  const deadlineMs = time.mono() + wholeTimeoutMs;
  const isEarlier = origin === "found" ? () => false : isLastStoredFile(context, identity);
  let last: ParsedRecord | undefined;
  let isSigned = false;
  let problem = "its OCMF file is empty";
  for (;;) {
    const isLast = time.mono() >= deadlineMs;
    if (isLast) {
      // Earlier reads may have returned the file of another meter
      last = undefined;
      await requireFileHere(context);
    }
    try {
      const ocmf = await meter.readOcmfFile();
      if (ocmf.length > 0) {
        last = new ParsedRecord(ocmf);
        isSigned = last.isSignedBy(key);
        if (isSigned && !isEarlier(ocmf)) break;
      }
    } catch (error) {
      if (error instanceof LineError || error instanceof PortError || !(error instanceof Error)) throw error;
      problem = error.message;
    }
    if (isLast) break;
    await time.sleep(readPauseMs);
  }
  // Without a file, the salvage checks its meter itself
  if (last !== undefined && !isSigned) await requireNotReplaced(context);
  return { parsed: last, isSigned, problem };
}

/** Whether a file is the last stored one: a transaction that has just ended has another file. */
function isLastStoredFile({ journal }: Context, { meterId }: BillingIdentity): (ocmf: Uint8Array) => boolean {
  const [last] = journal.recordsBefore(Number.MAX_SAFE_INTEGER, journal.idsOf(meterId), 1);
  return (ocmf) => last !== undefined && equalBytes(last.ocmf, ocmf);
}
