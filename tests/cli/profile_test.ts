import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "nats";
import { minuteMs } from "../../src/base/time.ts";
import { localDay } from "../../src/profile/mod.ts";
import { neededRights } from "../../src/nats/mod.ts";
import { published, quarters } from "../profile/day.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { runCommand } from "../support/run_command.ts";

const day = localDay("2026-03-29", "Europe/Berlin");
const asked = ["profile", "--day", day.day, "--time-zone", day.timeZone];
const metering = ["--sender-domain", "agr.example", "--recipient-domain", "dso.example"];

Deno.test("profile writes the stored intervals of a day as CSV and as a Metering message", async () => {
  await using server = await startNatsServer();
  const client = await connect({ servers: server.address });
  const profile = (...args: string[]) => runCommand([...asked, "--server", server.address, ...args]);

  const early = await profile("--meters", "evse-1");
  assert.deepEqual([early.code, early.out], [1, ""]);
  assert.match(early.err, /^Cannot read the stream WATTSEAL_INTERVALS: stream not found/);

  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_INTERVALS", subjects: ["wattseal.*.*.interval"] });
  const store = async (subject: string, intervals: readonly object[]) => {
    for (const each of intervals) await client.jetstream().publish(subject, JSON.stringify(each));
  };
  const whole = quarters(day.startMs, day.endMs);
  const gap = published(day.startMs + 15 * minuteMs, 60, { quality: "gap" });
  await store("wattseal.berlin-01.evse-1.interval", [...whole.toSpliced(1, 4), gap, { foreign: true }]);
  await store("wattseal.berlin-01.evse-2.interval", whole);
  await store("wattseal.munich-02.evse-2.interval", whole);

  const csv = await profile("--meters", "evse-1");
  assert.equal(csv.code, 0, csv.err);
  const rows = csv.out.trimEnd().split("\r\n");
  assert.deepEqual([rows.length, rows.filter((row) => row.includes(",gap,")).length], [1 + 92, 4]);

  const twice = await profile("--meters", "evse-1,evse-2");
  assert.deepEqual([twice.code, twice.err], [
    1,
    "Several sites have meters of these names (berlin-01, munich-02): add --site\n",
  ]);
  const uftp = ["--site", "berlin-01", "--meters", "evse-1,evse-2", "--format", "uftp", ...metering];
  const message = await profile(...uftp, "--ean", "e123456789012345678");
  assert.equal(message.code, 0, message.err);
  assert.match(message.out, /^<\?xml .*\n<Metering .* Period="2026-03-29" EAN="E123456789012345678">\n/);
  assert.equal([...message.out.matchAll(/<ISP /g)].length, 3 * 88);

  const short = await profile(...uftp, "--ean", "1234567890123456", "--ean-digits", "16");
  assert.match(short.out, / EAN="E1234567890123456">/);

  const path = join(server.storeDir, "profile.csv");
  const written = await profile("--meters", "evse-1,evse-9", "--site", "berlin-01", "--output", path);
  assert.deepEqual([written.code, written.out], [0, ""]);
  assert.equal(written.err, "Meter evse-9 has no interval since 2026-03-29\n");
  assert.match(await Deno.readTextFile(path), /^evse-9,92,.*,missing,,,,\r$/m);

  const none = await profile("--meters", "evse-9");
  assert.equal(none.code, 1);
  assert.match(none.err, /^No interval of evse-9 is stored since then: check --site, --meters/);
  await client.close();
});

Deno.test("profile needs only the permissions of a viewer, also for more than a megabyte of intervals", async () => {
  const rights = neededRights("viewer", { prefix: "wattseal", site: "*", inboxPrefix: "_INBOX_viewer" });
  await using server = await startGuardedServer({ viewer: rights });
  const client = await connect({ servers: server.address, ...admin });
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_INTERVALS", subjects: ["wattseal.*.*.interval"] });
  for (let copy = 0; copy < 30; copy++) {
    for (const each of quarters(day.startMs, day.endMs)) {
      client.publish("wattseal.berlin-01.evse-1.interval", JSON.stringify(each));
    }
  }
  await client.flush();
  const { state } = await manager.streams.info("WATTSEAL_INTERVALS");
  assert.ok(state.bytes > 1_000_000);
  const user = ["--user", "viewer", "--password-file", join(server.server.storeDir, "password")];
  await Deno.writeTextFile(user[3] ?? "", "p");
  const { code, out, err } = await runCommand(
    [...asked, "--meters", "evse-1", "--server", server.address, "--inbox-prefix", "_INBOX_viewer", ...user],
  );
  assert.deepEqual([code, err, out.split("\r\n").length], [0, "", 1 + 92 + 1]);
  await client.close();
});

Deno.test("profile names the option that it cannot use", async () => {
  const uftp = [...asked, "--meters", "evse-1", "--format", "uftp"];
  for (
    const [args, reason] of [
      [["profile", "--day", "2026-02-30", "--time-zone", "Europe/Berlin", "--meters", "a"], /--day.*Allowed: a day/],
      [
        ["profile", "--day", "2026-02-01", "--time-zone", "Mars/One", "--meters", "a"],
        /--time-zone.*Allowed: the name/,
      ],
      [[...uftp, ...metering], /needs --ean with 18 digits/],
      [[...uftp, ...metering, "--ean", "E1234567890123456"], /needs --ean with 18 digits \(--ean-digits\), found "E12/],
      [[...uftp, "--ean", "123456789012345678"], /needs --sender-domain with an Internet domain/],
    ] as const
  ) {
    const { code, out, err } = await runCommand(args);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, reason);
  }
});
