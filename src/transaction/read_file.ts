import { LineError, PortError } from "../meter/mod.ts";
import { verifyRecord } from "../ocmf/mod.ts";
import { type BillingIdentity, configuredKey, type Context } from "./context.ts";

/** How long a file whose signature is not valid is read again: a meter may say READY before its file is whole. */
const wholeWithinMs = 5000;
const readPauseMs = 500;

/** An OCMF file as it was read. */
export interface ReadFile {
  readonly ocmf: Uint8Array;
  /** CORRUPTED also for a file that a READY meter does not give. */
  readonly state: "READY" | "CORRUPTED";
}

/**
 * Reads what the meter holds. A file with a valid signature is whole. Any other one is read again until 5 s after the
 * first read; the last one counts then. What cannot be read as a file by then is treated as corrupted, so that no file
 * can block the meter: all of its registers are read once.
 *
 * @param found the OCMF state that the meter is in
 * @throws {LineError} no usable answer: the file stays on the meter
 */
export async function readFile(
  context: Context,
  identity: BillingIdentity,
  found: "READY" | "CORRUPTED",
): Promise<ReadFile> {
  const { meter } = context;
  if (found === "CORRUPTED") return { ocmf: await meter.salvageOcmfFile(), state: found };
  const { ocmf, problem } = await readWhole(context, identity);
  if (ocmf !== undefined) return { ocmf, state: found };
  meter.faults.raise(
    "OcmfCorrupted",
    `Meter ${meter.name} says READY, but ${problem}; what its registers hold is kept in the journal`,
  );
  return { ocmf: await meter.salvageOcmfFile(), state: "CORRUPTED" };
}

async function readWhole(
  context: Context,
  identity: BillingIdentity,
): Promise<{ readonly ocmf: Uint8Array | undefined; readonly problem: string }> {
  const { meter, time } = context;
  const key = configuredKey(context, identity);
  const deadlineMs = time.mono() + wholeWithinMs;
  let last: Uint8Array | undefined;
  let problem = "its OCMF file is empty";
  for (;;) {
    try {
      const ocmf = await meter.readOcmfFile();
      if (ocmf.length > 0) last = ocmf;
      if (last === ocmf && verifyRecord(ocmf, key).signature === "valid") break;
    } catch (error) {
      if (error instanceof LineError || error instanceof PortError || !(error instanceof Error)) throw error;
      problem = error.message;
    }
    if (time.mono() >= deadlineMs) break;
    await time.sleep(readPauseMs);
  }
  return { ocmf: last, problem };
}
