import assert from "node:assert/strict";
import { join } from "node:path";
import { type Log, silentLog } from "../../src/base/log.ts";
import { LocalJournal, openJournal, reportOpening } from "../../src/journal/mod.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { newRecord, TempFolder } from "./temp_folder.ts";

const now = () => Date.UTC(2026, 0, 31, 8);

const modeOf = (path: string) => ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);

/** Opens journal and spool of a folder and writes to both. @returns the modes of all files, and the warnings */
function used(folder: string): { modes: Record<string, string>; warnings: string[] } {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
  const journal = openJournal(folder, { now });
  const spool = openSpool({ mode: "disk", maxAgeHours: 1, maxMb: 1, folder }, { time: new FakeTime(), log });
  const live = new LocalJournal(journal);
  journal.storeRecord(newRecord("tx-1"));
  spool.add([{ meter: "m", messageId: "m-1", takenAtMs: 1, payload: "{}" }]);
  spool.oldest(1);
  reportOpening(live, log);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const modes = Object.fromEntries(names.map((name) => [name, modeOf(join(folder, name))]));
  spool.close();
  live.close();
  return { modes, warnings: warnings.filter((warning) => warning.startsWith("Other users can read")) };
}

Deno.test("openJournal creates a folder and files that only their owner can access", () => {
  using parent = new TempFolder();
  const folder = join(parent.path, "state");
  const { modes, warnings } = used(folder);
  assert.equal(modeOf(folder), "700");
  assert.deepEqual(Object.keys(modes), [
    "journal.db",
    "journal.db-shm",
    "journal.db-wal",
    "lock",
    "spool.db",
    "spool.db-shm",
    "spool.db-wal",
  ]);
  assert.deepEqual(new Set(Object.values(modes)), new Set(["600"]));
  assert.deepEqual(warnings, []);
});

Deno.test("openJournal makes the files of an earlier release private and warns of a folder that others can read", () => {
  using folder = new TempFolder();
  used(folder.path);
  Deno.writeTextFileSync(`${folder.database}.damaged-2026`, "");
  for (const { name } of Deno.readDirSync(folder.path)) Deno.chmodSync(join(folder.path, name), 0o644);
  Deno.writeTextFileSync(join(folder.path, "notes"), "", { mode: 0o644 });
  Deno.chmodSync(folder.path, 0o750);
  const { modes, warnings } = used(folder.path);
  assert.deepEqual(Object.entries(modes).filter(([, mode]) => mode !== "600"), [["notes", "644"]]);
  assert.match(warnings.join(), /^Other users can read the state folder .*; run chmod 700 \/\S+$/);
  assert.equal(modeOf(folder.path), "750");
});
