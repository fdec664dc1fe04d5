import { LineError, PortError } from "../meter/mod.ts";
import { isSignedRecord } from "../ocmf/mod.ts";
import { type BillingIdentity, configuredKey, type Context } from "./context.ts";
import { equalBytes, type FileOrigin } from "./record_owner.ts";

/** How long a file whose signature is not valid is read again: a meter may say READY before its file is whole. */
const wholeTimeoutMs = 5000;
const readPauseMs = 500;

/** An OCMF file as it was read. */
export interface OcmfFile {
  readonly ocmf: Uint8Array;
  /** CORRUPTED also for a file that a READY meter does not give. */
  readonly state: "READY" | "CORRUPTED";
  /** Whether its signature is valid. */
  readonly isWhole: boolean;
}

/**
 * Reads what the meter holds. A file with a valid signature is whole. Any other one is read again until 5 s after the
 * first read, and so is the file of the transaction before, which a meter may still show when it has just closed one; the
 * last one counts then. What cannot be read as a file by then is treated as corrupted, so that no file
 * can block the meter: all of its registers are read once.
 *
 * @param found the OCMF state that the meter is in
 * @param origin what the file came of
 * @throws {LineError} no usable answer: the file stays on the meter
 * @throws {ModbusError} the meter is busy: likewise
 */
export async function readOcmfFile(
  context: Context,
  identity: BillingIdentity,
  found: "READY" | "CORRUPTED",
  origin: FileOrigin,
): Promise<OcmfFile> {
  const { meter } = context;
  if (found === "CORRUPTED") return { ocmf: await meter.salvageOcmfFile(), state: found, isWhole: false };
  const { ocmf, isWhole, problem } = await readUntilWhole(context, identity, origin);
  if (ocmf !== undefined) return { ocmf, state: found, isWhole };
  const salvaged = await meter.salvageOcmfFile();
  meter.faults.raise(
    "OcmfCorrupted",
    `Meter ${meter.name} says READY, but ${problem}; what its registers hold is kept in the journal`,
  );
  return { ocmf: salvaged, state: "CORRUPTED", isWhole: false };
}

async function readUntilWhole(
  context: Context,
  identity: BillingIdentity,
  origin: FileOrigin,
): Promise<{ readonly ocmf: Uint8Array | undefined; readonly isWhole: boolean; readonly problem: string }> {
  const { meter, time } = context;
  const key = configuredKey(context, identity);
  const deadlineMs = time.mono() + wholeTimeoutMs;
  const isEarlier = origin === "found" ? () => false : isLastStoredFile(context, identity);
  let last: Uint8Array | undefined;
  let isWhole = false;
  let problem = "its OCMF file is empty";
  for (;;) {
    try {
      const ocmf = await meter.readOcmfFile();
      if (ocmf.length > 0) last = ocmf;
      if (last === ocmf) isWhole = isSignedRecord(ocmf, key);
      if (last === ocmf && isWhole && !isEarlier(ocmf)) break;
    } catch (error) {
      if (error instanceof LineError || error instanceof PortError || !(error instanceof Error)) throw error;
      problem = error.message;
    }
    if (time.mono() >= deadlineMs) break;
    await time.sleep(readPauseMs);
  }
  return { ocmf: last, isWhole, problem };
}

/** Finds out whether a file is the one that was stored last: the transaction that has just ended has another one. */
function isLastStoredFile({ journal }: Context, { meterId }: BillingIdentity): (ocmf: Uint8Array) => boolean {
  const [last] = journal.recordsBefore(Number.MAX_SAFE_INTEGER, journal.idsOf(meterId), 1);
  return (ocmf) => last !== undefined && equalBytes(last.ocmf, ocmf);
}
