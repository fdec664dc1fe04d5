import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { silentLog } from "../../src/base/log.ts";
import type { Time } from "../../src/base/time.ts";
import { type LiveJournal, LocalJournal, openJournal } from "../../src/journal/mod.ts";
import type { FailpointHook } from "../../src/transaction/mod.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { AnsweredTransactions } from "./answered_transactions.ts";
import { EagerTime } from "./eager_time.ts";
import { PhysicalMeter } from "./physical_meter.ts";
import { ScriptedSteps } from "./scripted_steps.ts";

/** A state folder and a meter, which are independent of the processes that use them. */
export class World {
  readonly folder: string = ramFolder();
  readonly meter: PhysicalMeter = new PhysicalMeter();
  readonly time: EagerTime = new EagerTime();
  #process: Process | undefined;

  constructor() {
    this.meter.isStored = (file) => this.isStored(file);
  }

  /** Starts a new process with the folder after the old one has ended. */
  boot(options: { failpoint?: FailpointHook; meter?: PhysicalMeter } = {}): Process {
    this.#process?.end();
    return this.#process = new Process(this, options);
  }

  /** The last started process. */
  get running(): Process {
    return this.#process ?? this.boot();
  }

  /** Queries the database on the disk through a separate connection. */
  isStored(file: Uint8Array): boolean {
    const db = new DatabaseSync(this.database, { readOnly: true });
    try {
      return db.prepare("SELECT 1 FROM records WHERE ocmf = ?").get(file) !== undefined;
    } finally {
      db.close();
    }
  }

  /** Runs SQL on the database without the process: makes tables refuse writes, and repairs them. */
  sabotage(sql: string): void {
    const db = new DatabaseSync(this.database);
    db.exec(sql);
    db.close();
  }

  get database(): string {
    return join(this.folder, "journal.db");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.close();
    Deno.removeSync(this.folder, { recursive: true });
    assert.deepEqual(this.meter.lost, [], "a file was confirmed before it was in the journal");
  }
}

/** One process: a journal and the transactions of one meter. */
export class Process {
  readonly journal: LiveJournal;
  readonly steps: ScriptedSteps;
  readonly transactions: AnsweredTransactions;
  /** The logged errors. */
  readonly errors: string[] = [];
  /** The log lines of level info. */
  readonly infos: { readonly message: string; readonly fields: unknown }[] = [];
  #ended = false;

  constructor(world: World, options: { failpoint?: FailpointHook; meter?: PhysicalMeter }) {
    this.journal = new LocalJournal(openJournal(world.folder, { now: world.time.now }));
    this.steps = new ScriptedSteps(options.meter ?? world.meter);
    this.transactions = new AnsweredTransactions({
      meter: this.steps,
      journal: this.journal,
      publicKeyFormat: "binary",
      time: this.#timeOf(world.time),
      log: {
        ...silentLog,
        error: (message) => this.errors.push(message),
        info: (message, fields) => this.infos.push({ message, fields }),
      },
    }, options.failpoint);
  }

  /** A clock on which no sleep of the process ends after the process. */
  #timeOf(time: Time): Time {
    return {
      now: () => time.now(),
      mono: () => time.mono(),
      sleep: async (ms, signal) => {
        await time.sleep(ms, signal);
        if (this.steps.dead) await new Promise(() => {});
      },
    };
  }

  /** Ends the process like a crash: nothing is finished. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.steps.die();
    this.journal.close();
  }

  /** Stops the process cleanly, unless it has crashed. */
  async close(): Promise<void> {
    if (this.#ended) return;
    await this.transactions.close();
    this.end();
  }
}

/** Waits until background work has reached a state. */
export async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; !done(); turn++) {
    assert.ok(turn < 10_000, "it never happened");
    await setImmediate();
  }
}

/** A valid request to start a transaction. */
export function startRequest(transactionId: string): Record<string, unknown> {
  return {
    evse_id: "DE*TST*E1",
    transaction_id: transactionId,
    identification_status: "ASSIGNED",
    identification_type: "ISO14443",
    identification_flags: ["RFID_PLAIN"],
    identification_data: "1F2D3A4F5506C7",
    tariff_text: "0.30 EUR/kWh",
  };
}

/** The expected text of a record in an answer. */
export function textOf(file: Uint8Array | undefined): string {
  return new TextDecoder().decode(file);
}
