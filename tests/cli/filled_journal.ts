import type { NewRecord } from "../../src/journal/types.ts";
import { newRecord, openChange, type TempFolder } from "../journal/temp_folder.ts";
import { bytesOf, payload, signed, testPublicKey } from "../ocmf/samples.ts";

/** Noon (UTC) of a day, in milliseconds. */
export const day = (date: string): number => Date.parse(`${date}T12:00:00Z`);

/** A record with a signed OCMF text. */
export function record(id: string, changes: Partial<NewRecord> = {}, fields: Record<string, unknown> = {}): NewRecord {
  const ocmf = signed(payload(undefined, { TT: `0.30 & <more> \u20ac<=>${id}`, ...fields }));
  return { ...newRecord(id, ocmf), publicKey: testPublicKey, readAtMs: day("2026-01-10"), ...changes };
}

/** A journal with four records: tx-1 delivered, tx-2 verified and undelivered, a corrupted file, and one of evse-2. */
export function filled(folder: TempFolder): string[] {
  const journal = folder.open();
  const request = { evse_id: "DE*TST*E1", transaction_id: "tx-2", identification_flags: ["RFID_PLAIN"] };
  journal.storeRecord(record("tx-1"));
  journal.markDelivered(1, day("2026-01-11"));
  journal.change({ ...openChange("tx-2"), state: "starting", request: JSON.stringify(request), evseId: "DE*TST*E1" });
  journal.change({ ...openChange("tx-2"), state: "running", startedAtMs: day("2026-01-11") });
  const { record: second } = journal.storeRecord(record("tx-2", { readAtMs: day("2026-01-12") }, { PG: "T8" }));
  const verdict = { signature: "valid", session: "violated", key: "pinned", problems: ["T8 follows T6"] };
  journal.storeVerdict(second.seq, verdict, { key: testPublicKey, pagination: 8 });
  const damaged = Uint8Array.of(...bytesOf("OCMF|{"), 0xff, 0xfe, 0);
  journal.storeRecord({ ...record("tx-3"), ocmf: damaged, transactionId: undefined, reason: "corrupted" });
  journal.storeRecord(record("tx-1", { meter: "evse-2", meterId: "BY2.2025", readAtMs: day("2026-01-14") }));
  return ["--state-dir", folder.path];
}

/** Parses JSON lines. */
export const lines = (text: string): unknown[] => text.trimEnd().split("\n").map((line) => JSON.parse(line));
