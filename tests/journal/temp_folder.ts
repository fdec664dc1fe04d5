import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { type Journal, LocalJournal, openJournal, type TransactionChange } from "../../src/journal/mod.ts";
import type { NewRecord } from "../../src/journal/types.ts";
import { ramFolder } from "../support/ram_folder.ts";

/** A new state folder with an open journal. */
export class TempFolder {
  readonly path: string = ramFolder();
  #journal: Journal | undefined;
  #live: LocalJournal | undefined;

  /** The last opened journal. */
  get journal(): Journal {
    return this.#journal ?? this.open();
  }

  /** The same journal with the interface that a service uses. */
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

  /** Changes the database through another connection, without the journal. */
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

/** A record of meter evse-1; by default its bytes contain its id. */
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

/** A change of a transaction of meter evse-1, without the state. */
export function openChange(transactionId: string): Omit<TransactionChange, "state"> {
  return { meter: "evse-1", meterId: "BY1.2025", transactionId, atMs: 10 };
}
