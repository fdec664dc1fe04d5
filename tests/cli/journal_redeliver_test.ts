import assert from "node:assert/strict";
import { join } from "node:path";
import { TempFolder } from "../journal/temp_folder.ts";
import { runCommand } from "../support/run_command.ts";
import { day, filled } from "./filled_journal.ts";

const redeliver = (...args: string[]) => runCommand(["journal", "redeliver", ...args]);

Deno.test("journal redeliver adds delivered records to the outbox again: all, since a time, or by id", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  folder.journal.markDelivered(2, day("2026-01-13"));
  const id = folder.journal.record(1)?.messageId ?? "";
  folder.journal.close();
  const waiting = () => folder.reopen().redeliveries(9).map(({ seq }) => seq);

  const one = await redeliver(...place, "--id", id, "nobody");
  assert.deepEqual(one, {
    code: 1,
    out: "The service delivers 1 record again when it runs\n",
    err: "No delivered record has the message id nobody\n",
  });
  assert.deepEqual(waiting(), [1]);
  folder.journal.markDelivered(1, 0);
  folder.journal.close();

  assert.deepEqual(await redeliver(...place, "--since", "2026-01-13", "--json"), {
    code: 0,
    out: '{"records":1}\n',
    err: "",
  });
  assert.deepEqual(waiting(), [2]);
  folder.journal.close();
  assert.equal((await redeliver(...place, "--all")).out, "The service delivers 2 records again when it runs\n");
  assert.deepEqual(waiting(), [1, 2]);
});

Deno.test("journal redeliver accepts ids of transactions, and unique beginnings of ids", async () => {
  using folder = new TempFolder();
  const place = filled(folder);
  for (const seq of [2, 3, 4]) folder.journal.markDelivered(seq, day("2026-01-13"));
  const messageId = (seq: number) => folder.journal.record(seq)?.messageId ?? "";
  const corrupted = messageId(3);
  const [message = "", other = ""] = [messageId(2), messageId(4)];
  folder.journal.close();
  const redelivered = async (...ids: string[]) => {
    const { code, out, err } = await redeliver(...place, "--id", ...ids, "--json");
    const waiting = folder.reopen().redeliveries(9).map(({ seq }) => seq);
    for (const seq of waiting) folder.journal.markDelivered(seq, 0);
    folder.journal.close();
    return { code, waiting, out, err };
  };
  const done = (waiting: number[]) => ({ code: 0, waiting, out: `{"records":${waiting.length}}\n`, err: "" });
  assert.deepEqual(await redelivered(message.slice(0, -10), "tx-2"), done([2]));
  assert.deepEqual(await redelivered("tx-1"), done([1, 4]));
  assert.deepEqual(await redelivered(corrupted.slice(0, -1), other), done([3, 4]));

  const ambiguous = await redelivered("tx-2", "tx");
  assert.deepEqual([ambiguous.code, ambiguous.waiting, ambiguous.out], [1, [], ""]);
  assert.match(ambiguous.err, /^Several ids begin with tx; nothing was done\. .*\n {2}tx-1\n {2}tx-2\n$/);
  const byMessage = await redelivered("BY");
  assert.equal(byMessage.err.includes(`  ${message}\n`), true);
});

Deno.test("journal redeliver prints the request for a running service, and requires one choice and a journal", async () => {
  using folder = new TempFolder();
  const config = join(folder.path, "site.yaml");
  const line = "{ name: l, serial_port: x, meters: [{ name: evse-1 }] }";
  Deno.writeTextFileSync(config, `site: berlin-01\nstate_dir: .\nlines:\n  - ${line}\n`);
  const none = await redeliver("--config", config, "--all");
  assert.deepEqual([none.code, none.out], [2, ""]);
  assert.match(none.err, /journal\.db does not exist/);

  const place = filled(folder);
  const locked = await redeliver("--config", config, "--all");
  assert.deepEqual([locked.code, locked.out], [1, ""]);
  assert.match(locked.err, /nats request wattseal\.berlin-01\._node\.redeliver '\{"all":true\}'$/m);
  // The request names only the given records
  const byId = await redeliver("--config", config, "--id", "a", "b");
  assert.match(byId.err, /_node\.redeliver '\{"message_ids":\["a","b"\]\}'$/m);
  const whole = folder.journal.record(2)?.messageId;
  const byBeginning = await redeliver("--config", config, "--id", "tx-2");
  assert.ok(byBeginning.err.endsWith(`_node.redeliver '{"message_ids":["${whole}"]}'\n`), byBeginning.err);
  const since = await redeliver("--config", config, "--since", "2026-01-13");
  assert.match(since.err, /_node\.redeliver '\{"since":"2026-01-13T00:00:00\.000Z"\}'$/m);
  for (const choice of [[], ["--all", "--since", "2026-01-01"], ["--all", "--id", "x"]]) {
    const wrong = await redeliver(...place, ...choice);
    assert.deepEqual([wrong.code, wrong.err], [2, "Give exactly one of --since, --id and --all\n"]);
  }
});
