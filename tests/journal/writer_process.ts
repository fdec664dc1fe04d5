/** Stores records as fast as it can until it is killed, and says each one when it is stored: a process for tests. */
import { openJournal } from "../../src/journal/mod.ts";
import { newRecord, openChange } from "./temp_folder.ts";

const [folder = ""] = Deno.args;
const journal = openJournal(folder, { now: Date.now });
const encoder = new TextEncoder();
for (let n = 1;; n++) {
  journal.change({ ...openChange(`tx-${n}`), state: "running" });
  const { record } = journal.storeRecord(newRecord(`tx-${n}`, crypto.getRandomValues(new Uint8Array(1500))));
  Deno.stdout.writeSync(encoder.encode(`${record.seq}\n`));
}
