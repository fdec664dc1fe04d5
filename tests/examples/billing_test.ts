import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { type JetStreamManager, nanos, type NatsConnection } from "nats";
import { ocmfResult } from "../../src/contract/mod.ts";
import { billingConsumer, consumerDrift } from "../../src/fleet/billing_consumer.ts";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { streamConfig } from "../../src/nats/mod.ts";
import { namedHeaders } from "../../src/nats/publish.ts";
import { newRecord } from "../journal/temp_folder.ts";
import { defaultStreams, newClient } from "../nats/setup.ts";
import { begin, end, payload, signed, testPublicKey, textOf } from "../ocmf/samples.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

const folder = fileURLToPath(new URL("../../docs/examples/", import.meta.url));
const [stream, consumer] = ["WATTSEAL_OCMF", "billing"];
const subject = "wattseal.berlin-01.evse-1.ocmf";

const examples = {
  "billing.ts": {
    program: Deno.execPath(),
    args: ["run", "--allow-net", "--allow-env", "--allow-read", "--allow-write", join(folder, "billing.ts")],
    options: [],
  },
  "billing.py": { program: "python3", args: [join(folder, "billing.py")], options: ["--create-consumer"] },
};

async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["--version"], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** The records that are published, with their `Nats-Msg-Id`. */
const records = [
  published("id-1", signed(payload([begin, end], { TT: "<=>tx-1" }))),
  published("id-2", signed(payload([begin, { ...end, RV: "62500.1271" }], { TT: "<=>tx-2" }))),
  published("id-3", signed(payload([begin, end], { TT: "<=>tx-3" })).with(12, 0x20)),
  published("id-4", signed(payload([{ ...begin, TM: "2026-01-10T08:00:00,000+0100 U" }, end], { TT: "<=>tx-4" }))),
];

/** Messages of a program that is not a node: they must not stop the others. */
const foreign = [
  JSON.stringify({ ocmf: "OCMF|x", site: {}, verification: 5, session: [], public_key: 7 }),
  JSON.stringify({
    ocmf: "OCMF|x",
    verification: { signature: "valid", session: "ok", problems: [{}] },
    session: null,
  }),
];

function published(id: string, ocmf: Uint8Array) {
  const unknown = { deliveredAtMs: undefined, verdict: undefined, startValue: undefined, startedAtMs: undefined };
  const row = { ...newRecord("tx", ocmf), publicKey: testPublicKey, seq: 1, messageId: id, ...unknown };
  return { id, result: ocmfResult(row, "berlin-01") };
}

/** Columns of the rows, in the order of their ids. */
function rowsOf(path: string, columns: string): unknown[][] {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare(`SELECT ${columns} FROM record ORDER BY id`).all().map((row) => Object.values(row));
}

Deno.test("an example is killed between commit and acknowledgement: each record is in the sink once", async (t) => {
  const scope = { prefix: "wattseal", site: "*", inboxPrefix: "_INBOX_billing" };
  const { publish, subscribe } = neededRights("billing", scope);
  const creation = `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${consumer}`;
  await using guarded = await startGuardedServer({
    billing: { publish, subscribe },
    creator: { publish: [...publish, creation], subscribe },
  });
  await using administrator = await newClient(guarded.address, admin);
  const manager = await administrator.jetstreamManager();
  // The stream of the service; with the duplicate window of a hub, it stores copies
  await manager.streams.add({ ...streamConfig("wattseal", "ocmf", defaultStreams.ocmf), duplicate_window: nanos(100) });
  const short = { ack_wait: nanos(1000) };

  await t.step({
    name: "billing.py, which creates its consumer",
    ignore: !await hasPython(),
    fn: async () => {
      const created = administrator.subscribe(`$JS.EVENT.ADVISORY.CONSUMER.CREATED.${stream}.>`, { max: 1 });
      await killed("billing.py", { address: guarded.address, administrator, manager, user: "creator" }, async () => {
        for await (const _ of created) break;
        const { config } = await manager.consumers.info(stream, consumer);
        assert.deepEqual(consumerDrift(config), []);
        await manager.consumers.update(stream, consumer, short);
      });
      await manager.consumers.delete(stream, consumer);
    },
  });

  await t.step("billing.ts, with the consumer of an administrator", async () => {
    await manager.consumers.add(stream, { ...billingConsumer(consumer), ...short });
    await killed("billing.ts", { address: guarded.address, administrator, manager, user: "billing" });
  });
});

interface Place {
  readonly address: string;
  readonly user: string;
  readonly administrator: NatsConnection;
  readonly manager: JetStreamManager;
}

async function killed(
  example: keyof typeof examples,
  { address, user, administrator, manager }: Place,
  onStart = () => Promise.resolve(),
): Promise<void> {
  await using parts = new AsyncDisposableStack();
  const { program, args, options } = examples[example];
  const publish = async (text: string, id: string) => {
    const headers = id === "" ? {} : { headers: namedHeaders(id) };
    return (await administrator.jetstream().publish(subject, text, headers)).seq;
  };
  const state = () => manager.consumers.info(stream, consumer);
  const acknowledged = async (seq: number) => {
    while ((await state()).ack_floor.stream_seq < seq) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  const home = await Deno.makeTempDir({ prefix: "wattseal-examples-" });
  parts.defer(() => Deno.remove(home, { recursive: true }));
  const sink = join(home, "billing.db");
  const proxy = parts.use(new TcpProxy(address));
  const start = (...more: readonly string[]) => {
    const child = new Deno.Command(program, {
      args: [...args, sink, ...more],
      cwd: home,
      env: { NATS_URL: `nats://${proxy.address}`, NATS_USER: user, NATS_PASSWORD: "p" },
      stdin: "null",
      stdout: "null",
    }).spawn();
    let state: "running" | "stopped" | "failed" = "running";
    const stop = async (signal: Deno.Signal) => {
      if (state !== "running") return;
      state = "stopped";
      child.kill(signal);
      await child.status;
    };
    parts.defer(() => stop("SIGKILL"));
    /** Rejects if the example ends before it is stopped. */
    const failed = child.status.then(({ code }) => {
      if (state === "running") state = "failed";
      assert.equal(state, "stopped", `${example} ended with ${code}`);
    });
    return { stop, failed };
  };

  const acknowledging = proxy.goDeaf("$JS.ACK");
  const first = start(...options);
  await onStart();
  for (const { id, result } of records) await publish(JSON.stringify(result), id);
  for (const [index, text] of foreign.entries()) await publish(text, `id-x${index}`);
  const last = await publish("not a record", "");

  // The proxy drops the acknowledgement of the first record
  await Promise.race([acknowledging, first.failed]);
  await first.stop("SIGKILL");
  assert.deepEqual(rowsOf(sink, "id"), [["id-1"]]);
  assert.equal((await state()).ack_floor.stream_seq, 0);

  proxy.cut();
  const second = start();
  await Promise.race([acknowledged(last), second.failed]);
  await Promise.race([acknowledged(await publish(JSON.stringify(records[0]?.result), "id-1")), second.failed]);
  const { delivered: { consumer_seq: deliveries } } = await state();
  assert.ok(deliveries >= records.length + foreign.length + 3, `${deliveries} deliveries`);
  await second.stop("SIGTERM");

  const rows = rowsOf(sink, "id, transaction_id, energy_wh, coalesce(review, 'billable')");
  assert.deepEqual(rows.slice(0, 4).map((row) => row.map((cell) => String(cell).replace(/[;:] .*/, ""))), [
    ["id-1", "tx-1", "22125", "billable"],
    ["id-2", "tx-2", "62490127.1", "billable"],
    ["id-3", "tx-3", "22125", "signature"],
    ["id-4", "tx-4", "22125", "Reading 1 has time flag U (clock not synchronised)"],
  ]);
  const others = rows.slice(4);
  assert.deepEqual(others.map(([id]) => String(id).replace(/(?<=^sha256:)[0-9a-f]{64}$/, "...")), [
    "id-x0",
    "id-x1",
    "sha256:...",
  ]);
  assert.ok(others.every(([, , , review]) => review !== "billable"));
  const raw = rowsOf(sink, "raw").map(([bytes]) => textOf(bytes as Uint8Array));
  assert.deepEqual(raw, [...records.map(({ result }) => result.ocmf), "OCMF|x", "OCMF|x", "not a record"]);
}
