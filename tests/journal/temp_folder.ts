import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { type Journal, LocalJournal, openJournal, type TransactionChange } from "../../src/journal/mod.ts";
import type { NewRecord } from "../../src/journal/types.ts";
import { ramFolder } from "../support/ram_folder.ts";

/** A state folder of its own, with the journal that is open in it. */
export class TempFolder {
  readonly path: string = ramFolder();
  #journal: Journal | undefined;
  #live: LocalJournal | undefined;

  /** The journal that was opened last. */
  get journal(): Journal {
    return this.#journal ?? this.open();
  }

  /** That journal as a service has it. */
  get live(): LocalJournal {
    return this.#live ??= new LocalJournal(this.journal);
  }

  get database(): string {
    return join(this.path, "journal.db");
  }

  open(): Journal {
    return this.#journal = openJournal(this.path, { now: () => Date.UTC(2026, 0, 31, 8) });
  }

  reopen(): Journal {
    this.#journal?.close();
    return this.open();
  }

  /** Works on the database behind the journal's back, through a connection of its own. */
  sql<T>(work: (db: DatabaseSync) => T): T {
    const db = new DatabaseSync(this.database);
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  [Symbol.dispose](): void {
    this.#live?.close();
    this.#journal?.close();
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A record of meter evse-1; its bytes say its id unless given. */
export function newRecord(
  transactionId: string,
  ocmf: Uint8Array = new TextEncoder().encode(transactionId),
): NewRecord {
  return {
    meter: "evse-1",
    meterId: "BY1.2025",
    transactionId,
    evseId: undefined,
    reason: "stopped",
    ocmf,
    publicKey: "04AA",
    signingMethod: "ECDSA-brainpoolP256r1-SHA256",
    readAtMs: 20,
  };
}

/** A change of a transaction of meter evse-1, but for its state. */
export function openChange(transactionId: string): Omit<TransactionChange, "state"> {
  return { meter: "evse-1", meterId: "BY1.2025", transactionId, atMs: 10 };
}
