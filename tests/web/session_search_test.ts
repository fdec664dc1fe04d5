import assert from "node:assert/strict";
import { connect, nanos } from "nats";
import type { SessionPage, SessionRow } from "../../src/view/mod.ts";
import { day } from "../cli/filled_journal.ts";
import { openRecordSite, sample } from "./record_site.ts";
import { allRows, transactionIds } from "./session_rows.ts";

Deno.test("sessions are shown newest first, with what the record states, and each copy of a record once", async () => {
  await using site = await openRecordSite({
    name: "WATTSEAL_OCMF",
    subjects: ["wattseal.*.*.ocmf"],
    duplicate_window: nanos(100),
  });
  const first = sample("tx-1");
  await site.publish(first, sample("tx-2", { readAtMs: day("2026-01-12") }));
  const again = async () =>
    await site.nats.jetstream().publish(first.subject, JSON.stringify(first.payload), { msgID: first.id });
  // The stream drops copies for a short time
  while ((await again()).duplicate);
  const page = await site.json("/api/sessions");
  assert.deepEqual(transactionIds(page.rows), ["tx-1", "tx-2"]);
  const row = page.rows.find(({ transactionId }: SessionRow) => transactionId === "tx-1");
  assert.deepEqual({ ...row, seq: 0, copyKey: "" }, {
    seq: 0,
    id: first.id,
    copyKey: "",
    site: "berlin",
    meter: "evse-1",
    readAt: "2026-01-10T12:00:00.000Z",
    reason: "stopped",
    verification: { signature: "valid", session: "ok", key: "first_seen", problems: [] },
    evseId: "DE*TST*E1",
    transactionId: "tx-1",
    beginAt: "2026-01-10T07:00:00.000Z",
    endAt: "2026-01-10T08:30:00.000Z",
    durationS: 5400,
    energyWh: "22125",
    tariffText: "0.30 & <more> \u20ac",
    timeQuality: "S",
  });
  // A message with the id of a record and another text hides nothing
  const other = { ...first, payload: sample("tx-3").payload };
  while (await site.publish(other) <= page.newest);
  const { rows, newest } = await site.json("/api/sessions");
  assert.deepEqual(transactionIds(rows), ["tx-3", "tx-1", "tx-2"]);
  assert.deepEqual(await site.json(`/api/sessions?after=${newest}`), {
    rows: [],
    searched: 0,
    newest,
    isComplete: true,
  });
});

Deno.test("a search finds records by time, site, meter, charging point, transaction and verdict", async () => {
  await using site = await openRecordSite();
  const violated = { signature: "valid", session: "violated", key: "pinned", problems: ["T8 follows T6"] };
  await site.publish(
    sample("tx-1", { readAtMs: day("2026-01-10"), fields: { CI: "DE*TST*E7" } }),
    sample("tx-2", { readAtMs: day("2026-01-11"), meter: "evse-2" }),
    sample("tx-3", { readAtMs: day("2026-01-12"), site: "paris", verdict: violated }),
    sample("Other-4", { readAtMs: day("2026-01-13") }),
  );
  for (
    const [query, expected] of [
      ["from=2026-01-11", ["Other-4", "tx-3", "tx-2"]],
      ["from=2026-01-11T12:00:00Z&to=2026-01-12T12:00:00Z", ["tx-2"]],
      ["site=paris", ["tx-3"]],
      ["meter=evse-2", ["tx-2"]],
      ["site=paris&meter=evse-2", []],
      ["evse=*e7", ["tx-1"]],
      ["transaction=OTHER", ["Other-4"]],
      ["verdict=problem", ["tx-3"]],
      ["verdict=violated", ["tx-3"]],
      ["verdict=good", ["Other-4", "tx-2", "tx-1"]],
      ["limit=1", ["Other-4", "tx-3", "tx-2", "tx-1"]],
    ] as const
  ) assert.deepEqual(transactionIds((await allRows(site, query)).rows), expected, query);
});

Deno.test("a parameter that cannot be used is refused by its name", async () => {
  await using site = await openRecordSite();
  for (const query of ["from=yesterday", "to=2026", "site=a.b", "meter=*", "verdict=nice", "limit=0", "before=-1"]) {
    const response = await site.get(`/api/sessions?${query}`);
    assert.equal(response.status, 400);
    const { code, message } = await response.json();
    assert.equal(code, "invalid_query");
    assert.ok(message.startsWith(`Cannot search: ${query.split("=")[0]} is "`), message);
  }
});

Deno.test("the stream of a hub, which has sources and no subjects, is read", async () => {
  await using site = await openRecordSite({ name: "EDGE_OCMF", subjects: ["wattseal.*.*.ocmf"] });
  await site.publish(sample("tx-1"), sample("tx-2", { meter: "evse-2" }));
  const manager = await site.nats.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_OCMF", sources: [{ name: "EDGE_OCMF" }] });
  while ((await manager.streams.info("WATTSEAL_OCMF")).state.messages < 2) await site.nats.flush();
  assert.deepEqual(transactionIds((await allRows(site, "")).rows), ["tx-2", "tx-1"]);
  assert.deepEqual(transactionIds((await allRows(site, "meter=evse-1")).rows), ["tx-1"]);
  assert.equal((await site.json("/api/records/1")).row.transactionId, "tx-1");
});

Deno.test("an answer ends after some time, and the next one continues", async () => {
  let nowMs = 0;
  await using site = await openRecordSite(undefined, () => nowMs += 400);
  await site.publish(...Array.from({ length: 9 }, (_, index) => sample(`tx-${index}`)));
  const { rows, pages } = await allRows(site, "");
  assert.deepEqual(transactionIds(rows), Array.from({ length: 9 }, (_, index) => `tx-${8 - index}`));
  assert.ok(pages > 2);
});

Deno.test("a search of many records answers in steps, and reads few messages for one meter", async () => {
  await using site = await openRecordSite();
  const { payload } = sample("tx-0");
  const text = JSON.stringify({ ocmf: payload.ocmf, read_at: payload.read_at });
  const client = await connect({ servers: site.nats.getServer() });
  const jetstream = client.jetstream();
  const count = 3_000;
  for (let from = 0; from < count; from += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, index) => {
      const number = from + index;
      const meter = number % 1_000 === 7 ? "rare" : "usual";
      return jetstream.publish(`wattseal.berlin.${meter}.ocmf`, text.replaceAll("tx-0", `tx-${number}.`));
    }));
  }
  await client.close();
  const first: SessionPage = await site.json("/api/sessions?limit=20");
  assert.equal(first.rows.length, 20);
  assert.equal(first.searched, 20);
  const rare: SessionPage = await site.json("/api/sessions?meter=rare");
  assert.deepEqual([rare.rows.length, rare.searched, rare.isComplete], [3, 3, true]);
  const { rows, pages } = await allRows(site, "transaction=tx-11.");
  assert.deepEqual(transactionIds(rows), ["tx-11."]);
  assert.ok(pages > 1, "no answer reads more than 2000 messages");
});

Deno.test("without a stream of records, the answer names what to do", async () => {
  await using site = await openRecordSite(null);
  for (const path of ["/api/sessions", "/api/sessions.csv", "/api/records/1"]) {
    const response = await site.get(path);
    assert.equal(response.status, 503);
    assert.match((await response.json()).message, /no stream.*fleet setup/);
  }
});
