import assert from "node:assert/strict";
import { join } from "node:path";
import { checkCredentials } from "../../src/doctor/credentials.ts";
import { checkJournal } from "../../src/doctor/journal.ts";
import { newRecord, TempFolder } from "../journal/temp_folder.ts";
import { FakeMachine, texts } from "./fake_machine.ts";

function creds(claims: object): string {
  const part = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-");
  const jwt = [part({ typ: "JWT" }), part(claims), "c2ln"].join(".");
  return `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\nSU\n`;
}

Deno.test("credentials that have expired are a problem, and those that expire within 30 days a warning", () => {
  using machine = new FakeMachine();
  const check = (claims: object) => {
    const credentialsFile = machine.write("site.creds", creds(claims));
    return texts(checkCredentials(machine.withNats({ credentialsFile })))[0] ?? "";
  };
  const exp = (days: number) => ({ exp: Date.UTC(2026, 5, 1 + days) / 1_000 });
  assert.match(check({}), /^ok: .*site\.creds does not expire$/);
  assert.match(check(exp(31)), /^ok: .* expires at 2026-07-02T00:00:00\.000Z, in 31 days$/);
  assert.match(check(exp(29)), /^warning: .* in 29 days -> renew them/);
  assert.match(check(exp(-1)), /^problem: .* has expired at 2026-05-31.* -> renew them/);
});

Deno.test("credentials that cannot be read are a problem", () => {
  using machine = new FakeMachine();
  const credentialsFile = machine.write("site.creds", "nothing");
  assert.match(
    texts(checkCredentials(machine.withNats({ credentialsFile })))[0] ?? "",
    /^problem: Cannot read .*no JWT/,
  );
  const missing = machine.withNats({ credentialsFile: join(machine.root, "none") });
  assert.match(texts(checkCredentials(missing))[0] ?? "", /^problem: Cannot read .*no such file/);
});

Deno.test("a journal beside its service is read: its structure and its undelivered records", () => {
  using machine = new FakeMachine();
  using folder = new TempFolder();
  const { journal } = folder;
  const check = (nowMs: number) => texts(checkJournal(machine.examined({ stateDir: folder.path, nowMs }))).slice(1);
  assert.deepEqual(check(100), ["ok: All records are delivered"]);
  journal.storeRecord(newRecord("tx-1"));
  assert.match(check(100)[0] ?? "", /^ok: 1 record is not delivered, the oldest since 1970-01-01T00:00:00\.020Z$/);
  assert.match(check(1e12)[0] ?? "", /^problem: 1 record is not delivered.* -> correct what the checks of broker/);
});

Deno.test("a missing journal is no problem, and a damaged one and one of a later release are", () => {
  using machine = new FakeMachine();
  const none = texts(checkJournal(machine.examined()));
  assert.match(none[0] ?? "", /^ok: .*has no journal yet/);
  using folder = new TempFolder();
  folder.open().close();
  const check = () => texts(checkJournal(machine.examined({ stateDir: folder.path }))).join("\n");
  folder.sql((db) => db.exec("PRAGMA user_version = 999"));
  assert.match(check(), /^problem: .*schema is version 999.* -> install the release that wrote it/);
  Deno.writeTextFileSync(folder.database, "nothing of a database".repeat(1_000));
  Deno.writeTextFileSync(join(folder.path, "journal.db.damaged-2026-01-31T08-00-00-000Z"), "");
  assert.match(check(), /^warning: .*damaged journals: [^]*problem: /);
});
