import assert from "node:assert/strict";
import { TempFolder } from "./temp_folder.ts";

Deno.test("Journal.storePlace stores the replacement of a meter until it is acknowledged, also across restarts", () => {
  using folder = new TempFolder();
  folder.open().storePlace("evse-1", "BY1.2025", 10);
  assert.deepEqual(folder.journal.place("evse-1"), { meterId: "BY1.2025", replaced: undefined });
  folder.journal.storePlace("evse-1", "BY2.2025", 20);
  const replaced = { meterId: "BY2.2025", replaced: { meterId: "BY1.2025", atMs: 20 } };
  assert.deepEqual(folder.reopen().place("evse-1"), replaced);
  folder.journal.storePlace("evse-1", "BY2.2025", 30);
  assert.deepEqual(folder.journal.place("evse-1"), replaced);
  folder.journal.acknowledgeReplacement("evse-1");
  assert.deepEqual(folder.reopen().place("evse-1"), { meterId: "BY2.2025", replaced: undefined });
  assert.equal(folder.journal.place("evse-2"), undefined);
});

Deno.test("openJournal copies the places of meters from a damaged file", () => {
  using folder = new TempFolder();
  folder.open().storePlace("evse-1", "BY1.2025", 10);
  for (let n = 0; n < 400; n++) folder.journal.storePlace(`spare-${n}`, "BY9.2025", 10);
  folder.journal.close();
  const bytes = Deno.readFileSync(folder.database);
  bytes.fill(0xa5, bytes.length - 4096);
  Deno.writeFileSync(folder.database, bytes);
  assert.ok(folder.open().damaged !== undefined);
  assert.equal(folder.journal.place("evse-1")?.meterId, "BY1.2025");
});
