import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { record } from "./filled_journal.ts";
import { TempFolder } from "../journal/temp_folder.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { runCommand } from "../support/run_command.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const main = file("../../src/cli/main.ts");

/** Runs a command of the product in a shell, as `wattseal`. `CODE` in the script becomes the exit code of the command. */
async function shell(script: string, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", `wattseal() { "$DENO" run --allow-all "$MAIN" "$@"; }; ${script}`],
    env: { NO_COLOR: "1", DENO: Deno.execPath(), MAIN: main, ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Runs a command on a small pipe in non-blocking mode, which is read in small pieces. */
async function slowlyRead(args: readonly string[]): Promise<{ code: number; out: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", file("../support/non_blocking.ts"), ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  return { out: await readSlowly(child.stdout), code: (await child.status).code };
}

/** Runs a command on a small socket in non-blocking mode, which is read in small pieces. */
async function slowlyReadSocket(folder: string, args: readonly string[]): Promise<{ code: number; out: string }> {
  const path = join(folder, "socket");
  using listener = Deno.listen({ transport: "unix", path });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", file("../support/socket_output.ts"), path, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stderr: "null",
  }).spawn();
  const { readable } = await listener.accept();
  return { out: await readSlowly(readable), code: (await child.status).code };
}

async function readSlowly(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = stream.getReader({ mode: "byob" });
  const decoder = new TextDecoder();
  let out = "";
  while (true) {
    const { value, done } = await reader.read(new Uint8Array(1500));
    out += decoder.decode(value, { stream: !done });
    if (done) return out;
    // The writer meets a full buffer
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("export and verify are complete in a non-blocking pipe with a slow reader", async () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const records = 150;
  for (let index = 0; index < records; index++) journal.storeRecord(record(`tx-${index}`));
  const state = ["--state-dir", folder.path];
  const exported = await slowlyRead(["journal", "export", ...state]);
  assert.equal(exported.code, 0);
  assert.ok(exported.out.length > 100_000, "the output is larger than any buffer");
  const lines = exported.out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ transaction_id }) => transaction_id),
    Array.from({ length: records }, (_, index) => `tx-${index}`),
  );
  const path = `${folder.path}/records.jsonl`;
  await Deno.writeTextFile(path, exported.out);
  const verified = await slowlyRead(["verify", "--json", path]);
  const whole = await shell(`wattseal verify --json ${path}`);
  assert.equal(verified.out, whole.out);
  assert.equal(verified.out.trimEnd().split("\n").length, records);
  assert.equal(verified.code, whole.code);
});

Deno.test("an export is complete on a non-blocking socket with a slow reader, which accepts parts of a line", async () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (let index = 0; index < 60; index++) {
    journal.storeRecord(record(`tx-${index}`, {}, { X: "x".repeat(20 * index) }));
  }
  const args = ["journal", "export", "--state-dir", folder.path];
  const whole = await runCommand(args);
  assert.deepEqual(await slowlyReadSocket(folder.path, args), { code: 0, out: whole.out });
});

Deno.test("an export ends quietly and with 1 as soon as its reader is gone", async () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (let index = 0; index < 150; index++) journal.storeRecord(record(`tx-${index}`));
  const { out, err } = await shell(
    `(wattseal journal export --state-dir ${folder.path}; echo "code $?" >&2) | head -n 1 | wc -l`,
  );
  assert.equal(out.trim(), "1");
  assert.equal(err, "code 1\n");
});

Deno.test("a full disk is one sentence and exit code 1", async () => {
  using folder = new TempFolder();
  folder.open().storeRecord(record("tx-1"));
  for (const command of [`journal export --state-dir ${folder.path}`, "--version", "--help", "journal --help"]) {
    const { code, err } = await shell(`wattseal ${command} > /dev/full`);
    assert.equal(code, 1, command);
    assert.match(err, /^Cannot write to standard output: No space left on device.*\n$/, command);
  }
});

Deno.test("the exit code is 1 if only standard error cannot be written", async () => {
  using folder = new TempFolder();
  folder.open();
  const { code } = await shell(`wattseal journal export --state-dir ${folder.path} 2> /dev/full`);
  assert.equal(code, 1);
});

Deno.test("watch ends when its reader is gone, also while it has nothing to write; a full disk is one sentence", async () => {
  await using server = await startNatsServer();
  const at = `--server ${server.address}`;
  const [silent, table, full] = await Promise.all([
    shell(`(wattseal watch --json ${at}; echo "code $?" >&2) | true`),
    shell(`(wattseal watch ${at}; echo "code $?" >&2) | head -n 1`),
    shell(`wattseal watch ${at} > /dev/full`),
  ]);
  assert.equal(silent.err, "code 1\n");
  assert.equal(table.err, "code 1\n");
  assert.equal(full.code, 1);
  assert.match(full.err, /^Cannot write to standard output: No space left on device.*\n$/);
});
