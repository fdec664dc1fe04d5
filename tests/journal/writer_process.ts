/** A process for tests: stores records as fast as it can and reports each stored record, until it is killed. */
import { openJournal } from "../../src/journal/mod.ts";
import { someBytes } from "../support/some_bytes.ts";
import { newRecord, openChange } from "./temp_folder.ts";

const [folder = ""] = Deno.args;
const journal = openJournal(folder, { now: Date.now });
const encoder = new TextEncoder();
for (let n = 1;; n++) {
  journal.change({ ...openChange(`tx-${n}`), state: "running" });
  const { record } = journal.storeRecord(newRecord(`tx-${n}`, someBytes(1500, n)));
  Deno.stdout.writeSync(encoder.encode(`${record.seq}\n`));
}
