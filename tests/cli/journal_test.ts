import assert from "node:assert/strict";
import { join } from "node:path";
import { ocmfResult } from "../../src/contract/mod.ts";
import { TempFolder } from "../journal/temp_folder.ts";
import { textOf } from "../ocmf/samples.ts";
import { runCommand } from "../support/run_command.ts";
import { filled, lines, record } from "./filled_journal.ts";

Deno.test("journal list --json prints each published result, with its number, meter and delivery", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const { code, out, err } = await runCommand(["journal", "list", ...place, "--json"]);
  assert.deepEqual([code, err], [0, ""]);
  const published = folder.journal.records().map((stored) => ({
    seq: stored.seq,
    meter: stored.meter,
    ...ocmfResult(stored),
    ...(stored.seq === 1 && { delivered_at: "2026-01-11T12:00:00.000Z" }),
  }));
  assert.deepEqual(lines(out), published);
  assert.deepEqual(published.map(({ transaction_id: id }) => id), ["tx-1", "tx-2", undefined, "tx-1"]);
});

Deno.test("journal list can select a meter, undelivered records, and the newest records", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const seqs = async (...args: string[]) => {
    const { out } = await runCommand(["journal", "list", ...place, "--json", ...args]);
    return out === "" ? [] : lines(out).map((line) => (line as { seq: number }).seq);
  };
  assert.deepEqual(await seqs(), [1, 2, 3, 4]);
  assert.deepEqual(await seqs("--meter", "evse-2"), [4]);
  assert.deepEqual(await seqs("--undelivered"), [2, 3, 4]);
  assert.deepEqual(await seqs("--undelivered", "--meter", "evse-1", "--limit", "1"), [3]);
  assert.deepEqual(await seqs("--limit", "2"), [3, 4]);
});

Deno.test("journal list names the known meters if the meter is unknown", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const ask = (...args: string[]) => runCommand(["journal", "list", ...args, "--json"]);
  const unknown = await ask(...place, "--meter", "evse-9");
  assert.deepEqual([unknown.code, unknown.out], [2, ""]);
  assert.match(unknown.err, /^Unknown meter evse-9: .*journal\.db has evse-1, evse-2\n$/);

  const config = join(folder.path, "site.yaml");
  const line = "{ name: l, serial_port: x, meters: [{ name: evse-9 }] }";
  Deno.writeTextFileSync(config, `site: a\nstate_dir: .\nlines:\n  - ${line}\n`);
  assert.deepEqual(await ask("--config", config, "--meter", "evse-9"), { code: 0, out: "", err: "" });
});

Deno.test("journal list prints one line for each record, and a summary", async () => {
  using folder = new TempFolder();
  const { code, out } = await runCommand(["journal", "list", ...filled(folder)]);
  assert.equal(code, 0);
  assert.deepEqual(out.split("\n").map((line) => line.replaceAll(/ +/g, " ")), [
    "no meter EVSE transaction begin (UTC) duration energy verdict",
    "-- ------ --------- ----------- ---------------- -------- ---------- ---------",
    "1 evse-1 DE*TST*E1 tx-1 2026-01-10 07:00 01:30:00 22.125 kWh valid",
    "2* evse-1 DE*TST*E1 tx-2 2026-01-10 07:00 01:30:00 22.125 kWh violated",
    "3* evse-1 - - - - malformed",
    "4* evse-2 DE*TST*E1 tx-1 2026-01-10 07:00 01:30:00 22.125 kWh valid",
    "4 records: 2 valid, 1 violated, 1 malformed; 3 undelivered (*)",
    "",
  ]);
});

Deno.test("journal list --full prints everything about each record", async () => {
  using folder = new TempFolder();
  const { code, out } = await runCommand(["journal", "list", ...filled(folder), "--full"]);
  assert.equal(code, 0);
  assert.deepEqual(out.match(/^Record \d$/gm), ["Record 1", "Record 2", "Record 3", "Record 4"]);
  for (const part of ["T8 follows T6", "not yet", "22.125 kWh", "\n4 records, 3 undelivered\n"]) {
    assert.ok(out.includes(part), part);
  }
});

Deno.test("journal show prints everything about a transaction: request, changes, verdict, explained record", async () => {
  using folder = new TempFolder();
  const { code, out } = await runCommand(["journal", "show", ...filled(folder), "tx-2"]);
  assert.equal(code, 0);
  for (
    const part of [
      "Transaction tx-2",
      "evse-1 (BY1.2025)",
      "finished: stopped",
      'identification_flags    ["RFID_PLAIN"]',
      "1970-01-01T00:00:00.010Z  starting",
      "Record 2",
      "not yet",
      "T8 follows T6",
      "22.125 kWh",
      textOf(record("tx-2", {}, { PG: "T8" }).ocmf),
    ]
  ) {
    assert.ok(out.includes(part), `${part}\n${out}`);
  }
});

Deno.test("journal show finds a record by its number, and an id on all meters that have it", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const third = await runCommand(["journal", "show", ...place, "3", "--json"]);
  const [story] = lines(third.out) as { transaction?: unknown; records: { seq: number }[] }[];
  assert.equal(story?.transaction, undefined);
  assert.deepEqual(story?.records.map(({ seq }) => seq), [3]);
  const both = lines((await runCommand(["journal", "show", ...place, "tx-1", "--json"])).out);
  assert.deepEqual(
    (both as { transaction: { meter: string; changes: unknown[] }; records: { seq: number }[] }[])
      .map(({ transaction, records }) => [transaction.meter, transaction.changes.length, records[0]?.seq]),
    [["evse-1", 1, 1], ["evse-2", 1, 4]],
  );
  const second = lines((await runCommand(["journal", "show", ...place, "2", "--json"])).out);
  assert.equal(
    (second as { transaction: { request: { evse_id: string } } }[])[0]?.transaction.request.evse_id,
    "DE*TST*E1",
  );
});

Deno.test("journal show --json passes every record to verify", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const file = join(folder.path, "shown");
  const shown = await runCommand(["journal", "show", ...place, "tx-1", "--json"]);
  Deno.writeTextFileSync(file, shown.out);
  const { code, out } = await runCommand(["verify", file, "--json"]);
  assert.equal(code, 0, out);
  assert.deepEqual((lines(out) as { id: string; signature: string }[]).map(({ id, signature }) => [id, signature]), [
    ["tx-1", "valid"],
    ["tx-1", "valid"],
  ]);
});

Deno.test("journal show exits with 1 for an unknown id", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  for (const id of ["tx-9", "99", "-"]) {
    const { code, out, err } = await runCommand(["journal", "show", ...place, id]);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, new RegExp(`has no transaction ${id} and no record`));
  }
});

Deno.test("journal backup and restore report what they did and what they keep", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const file = join(folder.path, "backup.db");
  const backup = await runCommand(["journal", "backup", ...place, file]);
  assert.deepEqual(backup, { code: 0, out: `${file}: 4 records, 3 undelivered\n`, err: "" });
  assert.equal((await runCommand(["journal", "backup", ...place, file])).code, 2);
  const again = await runCommand(["journal", "backup", ...place, file, "--force", "--json"]);
  assert.deepEqual(lines(again.out), [{ file, records: 4, undelivered: 3 }]);

  const locked = await runCommand(["journal", "restore", ...place, file]);
  assert.equal(locked.code, 1);
  assert.match(locked.err, /another process holds/);
  folder.journal.storeRecord(record("tx-7"));
  folder.journal.close();
  const refused = await runCommand(["journal", "restore", ...place, file]);
  assert.deepEqual([refused.code, refused.out], [1, ""]);
  assert.match(refused.err, /records: 1, of them undelivered: 1, changed transactions: 1/);
  const { code, out } = await runCommand(["journal", "restore", ...place, file, "--force"]);
  assert.equal(code, 0);
  assert.match(out, /^Restored 4 records\. The service publishes the 3 undelivered ones/);
  assert.match(out, /kept as .*journal\.db\.replaced-/);
  assert.match(out, /Only in the previous journal: 1 record, 1 undelivered; 1 changed transaction\n/);
  const unusable = await runCommand(["journal", "restore", ...place, join(folder.path, "lock")]);
  assert.equal(unusable.code, 2);
  assert.match(unusable.err, /not an intact backup/);
});

Deno.test("journal restore creates a missing state folder, and reports it", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const [file, fresh] = [join(folder.path, "backup.db"), join(folder.path, "new", "state")];
  await runCommand(["journal", "backup", ...place, file]);
  const restore = ["journal", "restore", "--state-dir", fresh, file];
  const first = await runCommand(restore);
  assert.deepEqual([first.code, first.err], [0, `The state folder ${fresh} did not exist and was created\n`]);
  assert.match(first.out, /^Restored 4 records/);
  assert.equal((await runCommand(restore)).err, "");
});

Deno.test("journal commands require one location, with a journal", async () => {
  using folder = new TempFolder();
  const config = join(folder.path, "site.yaml");
  Deno.writeTextFileSync(config, "site: a\nlines:\n  - { name: l, serial_port: x, meters: [{ name: m }] }\n");
  for (const args of [["list"], ["show", "x"], ["export"], ["backup", "x"], ["restore", "x"]]) {
    assert.deepEqual(await runCommand(["journal", ...args]), {
      code: 2,
      out: "",
      err: "Give --config FILE or --state-dir DIR: no configuration is installed in /etc/wattseal\n",
    });
    const both = ["--state-dir", folder.path, "--config", config];
    const refused = { code: 2, out: "", err: "Give only one of --config and --state-dir\n" };
    assert.deepEqual(await runCommand(["journal", ...args, ...both]), refused);
    const bad = await runCommand(["journal", ...args, "--config", join(folder.path, "none.yaml")]);
    assert.equal(bad.code, 2);
  }
  const empty = await runCommand(["journal", "list", "--config", config]);
  assert.equal(empty.code, 2);
  assert.match(empty.err, /state\/journal\.db does not exist/);
  folder.open().storeRecord(record("tx-1"));
  Deno.writeTextFileSync(config, `state_dir: .\n${Deno.readTextFileSync(config)}`);
  const found = await runCommand(["journal", "list", "--config", config, "--json"]);
  assert.deepEqual([found.code, lines(found.out).length], [0, 1]);
  assert.equal((await runCommand(["journal"])).code, 2);
  assert.equal((await runCommand(["journal", "fetch", "--config", config])).code, 2);
});

Deno.test("journal list reports a damaged journal", async () => {
  using folder = new TempFolder();
  Deno.writeTextFileSync(folder.database, "garbage, not a database");
  const { code, err } = await runCommand(["journal", "list", "--state-dir", folder.path]);
  assert.equal(code, 2);
  assert.match(err, /not a database/);
});

Deno.test("the help of every journal command has an example", async () => {
  for (const command of ["list", "show", "export", "backup", "restore", "fetch"]) {
    const { code, out } = await runCommand(["journal", command, "--help"]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`Example:\n {2}deno task journal ${command}`));
  }
});
