import assert from "node:assert/strict";
import { join } from "node:path";
import { readRecords } from "../../src/ocmf/mod.ts";
import { TempFolder } from "../journal/temp_folder.ts";
import { runCommand } from "../support/run_command.ts";
import { filled, lines, record } from "./filled_journal.ts";

Deno.test("journal export and show accept a transaction id or a unique beginning of it; an exact id wins", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  folder.journal.storeRecord(record("tx-22"));
  const run = (command: string, id: string) => runCommand(["journal", command, ...place, id]);
  const ids = async (id: string) =>
    lines((await run("export", id)).out).map((line) => (line as { transaction_id: string }).transaction_id);
  assert.deepEqual(await ids("tx-1"), ["tx-1", "tx-1"]);
  assert.deepEqual(await ids("tx-2"), ["tx-2"]);
  assert.deepEqual(await ids("tx-22"), ["tx-22"]);
  folder.journal.storeRecord(record("0d3f6f5e-6c1b"));
  assert.deepEqual(await ids("0d3"), ["0d3f6f5e-6c1b"]);
  assert.match((await run("show", "0d3")).out, /0d3f6f5e-6c1b/);
  for (const command of ["export", "show"]) {
    const { code, out, err } = await run(command, "tx");
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /^Several transactions begin with tx; nothing was done\..*\n {2}tx-1\n {2}tx-2\n {2}tx-22\n$/);
    assert.equal((await run(command, "unknown")).code, 1);
    assert.equal((await run(command, "")).code, 1);
  }
});

for (const format of ["jsonl", "xml"]) {
  Deno.test(`journal export --format ${format} passes every record to verify byte for byte`, async () => {
    using folder = new TempFolder();
    const place = filled(folder);
    const file = join(folder.path, "out");
    const toFile = ["journal", "export", ...place, "--format", format, "--output", file];
    assert.deepEqual(await runCommand([...toFile, "--since", "2026-01-11"]), { code: 0, out: "", err: "" });
    const verified = await runCommand(["verify", file, "--json"]);
    assert.equal(verified.code, 0, verified.out);
    assert.deepEqual(lines(verified.out).map((line) => (line as { signature: string }).signature), ["valid", "valid"]);

    await runCommand([...toFile, "--since", "2026-01-10", "--until", "2026-01-12T13:00:00+01:00", "--meter", "evse-1"]);
    const [first, third] = readRecords(Deno.readFileSync(file)).map(({ ocmf }) => ocmf);
    assert.deepEqual(first, folder.journal.record(1)?.ocmf);
    if (format === "xml") assert.deepEqual(third, folder.journal.record(3)?.ocmf);
    assert.equal((await runCommand(["verify", file])).code, 1);
  });
}

Deno.test("journal export writes only the published results to standard output", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const { out } = await runCommand(["journal", "export", ...place]);
  const listed = lines((await runCommand(["journal", "list", ...place, "--json"])).out) as Record<string, unknown>[];
  const { seq: _, delivered_at: __, ...first } = listed[0] ?? {};
  assert.equal(out.split("\n")[0], JSON.stringify(first));
  assert.equal(lines(out).length, 4);
  const nothing = await runCommand(["journal", "export", ...place, "--since", "2027-01-01", "--format", "xml"]);
  assert.deepEqual([nothing.code, nothing.err], [0, "No records\n"]);
  assert.equal(nothing.out, '<?xml version="1.0" encoding="UTF-8"?>\n<values>\n</values>\n');
});

Deno.test("journal export includes a record whose key is not a point of the curve", async () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.storeRecord(record("tx-1", { publicKey: "04AA" }));
  journal.storeRecord(record("tx-2"));
  const { code, out, err } = await runCommand(["journal", "export", "--state-dir", folder.path]);
  assert.deepEqual([code, lines(out).length, err], [0, 2, ""]);
});

Deno.test("journal export leaves no partial file when it is interrupted", async () => {
  using folder = new TempFolder();
  const file = join(folder.path, "out");
  Deno.writeTextFileSync(file, "before");
  const args = ["journal", "export", ...filled(folder), "--output", file];
  assert.equal((await runCommand(args, { interrupted: AbortSignal.abort() })).code, 130);
  assert.equal(Deno.readTextFileSync(file), "before");
  assert.deepEqual([...Deno.readDirSync(folder.path)].filter(({ name }) => name.includes("partial")), []);
  const nowhere = await runCommand([...args.slice(0, -1), join(folder.path, "no", "out")]);
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.err, /Cannot write to .*no\/out/);
});

Deno.test("journal export creates files that only their owner can read, also when it replaces a file", async () => {
  using folder = new TempFolder();
  const file = join(folder.path, "out");
  const args = ["journal", "export", ...filled(folder), "--output", file];
  for (let round = 0; round < 2; round++) {
    assert.equal((await runCommand(args)).code, 0);
    assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
    Deno.chmodSync(file, 0o644);
  }
});

Deno.test("journal export follows no link, writes to no device, and leaves no temporary file", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  const [secret, link] = [join(folder.path, "secret"), join(folder.path, "link")];
  Deno.writeTextFileSync(secret, "secret");
  Deno.symlinkSync(secret, link);
  for (
    const [path, why] of [[link, "symbolic link"], [folder.path, "a directory"], ["/dev/null", "not a file"]] as const
  ) {
    const { code, err } = await runCommand(["journal", "export", ...place, "--output", path]);
    assert.equal(code, 2);
    assert.match(err, new RegExp(`^Cannot write to ${path}: it is .*${why}`));
  }
  assert.equal(Deno.readTextFileSync(secret), "secret");
  assert.ok(Deno.lstatSync(link).isSymlink);
  assert.deepEqual([...Deno.readDirSync(folder.path)].filter(({ name }) => name.includes("partial")), []);
});

Deno.test("journal export to /dev/stdout writes to standard output", async () => {
  using folder = new TempFolder();
  const args = ["journal", "export", ...filled(folder)];
  const { code, out } = await runCommand([...args, "--output", "/dev/stdout"]);
  assert.deepEqual([code, out], [0, (await runCommand(args)).out]);
});

Deno.test("journal export accepts only days, and times with an offset", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  for (const since of ["yesterday", "2026-02-30", "2026-01-10T08:00", "2026-1-1", "2026-01-10T25:00Z", ""]) {
    const { code, err } = await runCommand(["journal", "export", ...place, "--since", since]);
    assert.equal(code, 2, since);
    assert.match(err, /Allowed: a day/);
  }
});
