import type { StoredRecord } from "../../src/journal/mod.ts";
import { serialNumberIn } from "../../src/meter/mod.ts";
import type { CrashSite } from "./crash_site.ts";
import type { Delivered } from "./streamed.ts";
import { paginationOf, sealOf, type WatchedMeter } from "./watched_meter.ts";

/** Records of all meters that are missing or different. */
export function lossesOf(site: CrashSite, streamed: readonly Delivered[]): string[] {
  const records = site.look((journal) => journal.records());
  return [
    ...site.meters.flatMap((meter) =>
      lossesOfMeter(meter, records, streamed).map((loss) => `meter ${meter.serialNumber}: ${loss}`)
    ),
    ...records.flatMap(({ ocmf, ...record }) => mistakenIn("the journal", textOf(ocmf), record)),
    ...streamed.flatMap(({ ocmf, ...record }) => mistakenIn("the stream", ocmf, record)),
  ];
}

/** A record belongs to the meter that sealed it, under any name: its serial number identifies the meter. */
function lossesOfMeter(
  meter: WatchedMeter,
  records: readonly StoredRecord[],
  streamed: readonly Delivered[],
): string[] {
  const losses = meter.lost.map((record) => `record ${record} was erased before it was stored`);
  const own = records.filter(({ ocmf }) => sealOf(textOf(ocmf)).serialNumber === meter.serialNumber);
  const stored = own.map(({ ocmf }) => textOf(ocmf));
  losses.push(...misplaced(meter.sealed, stored));
  stored.forEach((record, place) => {
    if (paginationOf(record) !== `T${place + 1}`) losses.push(`record ${place + 1} of the journal has another number`);
  });
  for (const { transactionId, verdict } of own) {
    if (verdict?.signature === "valid" && verdict.session === "ok") continue;
    losses.push(`the record of ${transactionId} was judged ${verdict?.signature}, ${verdict?.session}`);
  }
  for (const record of meter.sealed) {
    const names = new Set(streamed.filter(({ ocmf }) => ocmf === record).map(({ messageId }) => messageId));
    if (names.size !== 1) losses.push(`record ${paginationOf(record)} is in the stream under ${names.size} names`);
  }
  if (meter.ocmfState !== "NOT_READY") losses.push(`the meter is left ${meter.ocmfState}`);
  return losses;
}

function misplaced(sealed: readonly string[], stored: readonly string[]): string[] {
  return [
    ...sealed.filter((record) => !stored.includes(record)).map((record) => `${paginationOf(record)} is not stored`),
    ...stored.filter((record, place) => sealed[place] !== record).map((record) =>
      `${paginationOf(record)} is stored and was not sealed, or not at this place`
    ),
  ];
}

/** Whether a record is stored under another meter or transaction than those that it names. */
function mistakenIn(
  where: string,
  ocmf: string,
  { meterId, transactionId }: { readonly meterId: string; readonly transactionId?: string | undefined },
): string[] {
  const seal = sealOf(ocmf);
  if (seal.serialNumber === serialNumberIn(meterId) && seal.transactionId === transactionId) return [];
  return [
    `record ${paginationOf(ocmf)} of ${seal.transactionId} by meter ${seal.serialNumber} is in ${where} as that of ` +
    `${transactionId} by meter ${meterId}`,
  ];
}

function textOf(ocmf: Uint8Array): string {
  return new TextDecoder().decode(ocmf);
}
