import assert from "node:assert/strict";
import { connect, nanos } from "nats";
import { createHash } from "node:crypto";
import type { SessionPage, SessionRow } from "../../src/view/mod.ts";
import { day } from "../cli/filled_journal.ts";
import { bytesOf } from "../ocmf/samples.ts";
import { openRecordSite, type RecordSite, sample } from "./record_site.ts";

const ids = (rows: readonly SessionRow[]) => rows.map(({ transactionId }) => transactionId);

/** All rows of a search, page by page. */
async function allRows(site: RecordSite, query: string): Promise<{ rows: SessionRow[]; pages: number }> {
  const rows: SessionRow[] = [];
  let [before, pages]: [number | undefined, number] = [undefined, 0];
  do {
    const page: SessionPage = await site.json(
      `/api/sessions?${query}${before === undefined ? "" : `&before=${before}`}`,
    );
    rows.push(...page.rows);
    [before, pages] = [page.before, pages + 1];
    assert.equal(page.isComplete, before === undefined);
  } while (before !== undefined);
  return { rows, pages };
}

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
  assert.deepEqual(ids(page.rows), ["tx-1", "tx-2"]);
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
  assert.deepEqual(ids(rows), ["tx-3", "tx-1", "tx-2"]);
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
  ) assert.deepEqual(ids((await allRows(site, query)).rows), expected, query);
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

Deno.test("a tampered record and messages that are no records are shown with what is wrong", async () => {
  await using site = await openRecordSite();
  const { subject, id, payload } = sample("tx-1");
  const ocmf = payload.ocmf.replace("32.125", "99.125");
  await site.publishRaw(subject, JSON.stringify({ ...payload, ocmf }), id);
  const unusable = [
    "",
    "no JSON",
    "[]",
    "null",
    '{"ocmf":7}',
    '{"ocmf":"OCMF|{"}',
    `{"ocmf":"x","verification":{"signature":"constructor","problems":"x"},"read_at":[]}`,
    bytesOf("\u0000\u202e"),
    "{".repeat(10_000),
  ];
  for (const data of unusable) await site.publishRaw("wattseal.berlin.evse-3.ocmf", data);
  const { rows } = await allRows(site, "");
  assert.equal(rows.length, 1 + unusable.length);
  const tampered = rows.at(-1);
  assert.equal(tampered?.energyWh, "89125");
  assert.deepEqual(tampered?.verification, {
    signature: "invalid",
    session: "ok",
    key: "first_seen",
    problems: [
      "The record was published with signature valid, but its text has signature invalid",
      "The signature does not match the payload and the public key",
    ],
  });
  for (const { meter, seq, verification } of rows.slice(0, unusable.length)) {
    assert.deepEqual([meter, verification.signature], ["evse-3", "malformed"]);
    assert.equal((await site.json(`/api/records/${seq}`)).row.verification.signature, "malformed");
  }
});

Deno.test("identifications are masked everywhere until a person asks for one, and this is logged", async () => {
  await using site = await openRecordSite();
  const card = "TAG-04A2B3C4";
  const base64 = btoa(card).slice(0, 12);
  const fields = {
    ID: card,
    IS: true,
    IT: "ISO14443",
    TT: `for ${card} only<=>${card}`,
    CI: `DE*${card.toLowerCase()}`,
  };
  const seq = await site.publish(
    sample("tx-1", { fields, evseId: card }),
    sample("x", { fields: { ID: "77", TT: "<=>77-1" } }),
    sample(card, { fields: { ...fields, TT: `<=>${card}-2026` } }),
    sample("tx-4", { fields: { ...fields, CI: undefined, TT: "" }, evseId: `DE*${card}` }),
  );
  const texts = await Promise.all(
    ["/api/sessions", "/api/sessions.csv", "/api/records/1", "/api/records/2", "/api/records/3", "/api/records/4"].map(
      async (path) => {
        const response = await site.get(path);
        assert.equal(response.headers.get("cache-control"), "no-store");
        return await response.text();
      },
    ),
  );
  for (const text of texts) {
    const other = text.replaceAll(`${card}-2026`, "");
    assert.doesNotMatch(other, new RegExp(`${card}|"77"|,77,|${base64}`, "i"));
  }
  const [list = ""] = texts;
  const { rows } = JSON.parse(list);
  // A transaction id that only contains the identification stays, so that it can be found
  assert.deepEqual(ids(rows), ["tx-4", `${card}-2026`, "77-1", "********"]);
  assert.equal(rows[0].evseId, "DE*********");
  assert.deepEqual(rows[3].identification, { type: "ISO14443", level: "NONE", masked: "********" });
  assert.equal(rows[3].tariffText, "for ******** only");
  // The signature of the whole text is valid
  assert.ok(rows.every((row: SessionRow) => row.verification.signature === "valid"));

  const masked = await site.json(`/api/records/1`);
  assert.match(masked.ocmf, /"ID":"\*{8}"/);
  assert.equal(masked.isMasked, true);
  assert.deepEqual(site.log, []);
  const open = await (await site.post("/api/records/1/identification")).json();
  assert.equal(open.isMasked, false);
  assert.match(open.ocmf, new RegExp(`"ID":"${card}"`));
  assert.equal(open.session.identification.data, card);
  assert.deepEqual(site.log.map(({ fields }) => fields), [{
    record: open.row.id,
    site: "berlin",
    meter: "evse-1",
    seq: 1,
    user: "anna",
    address: "10.1.2.3",
  }]);
  assert.equal((await site.get(`/api/records/${seq + 1}`)).status, 404);
  assert.equal((await site.post(`/api/records/${seq + 1}/identification`)).status, 404);
});

Deno.test("a search does not find what is hidden", async () => {
  await using site = await openRecordSite();
  const card = "TAG-04A2B3C4";
  await site.publish(
    sample(card, { fields: { ID: card, CI: `DE*${card}` }, evseId: card }),
    sample("tx-2", { fields: { ID: card } }),
  );
  const found = async (query: string) => (await allRows(site, query)).rows.map(({ seq }) => seq);
  for (const hidden of [card, card.slice(0, 5)]) {
    assert.deepEqual(await found(`transaction=${hidden}`), []);
    assert.deepEqual(await found(`evse=${hidden}`), []);
  }
  assert.deepEqual(await found(`transaction=TX-2`), [2]);
  assert.deepEqual(await found(`evse=de*`), [2, 1]);
});

Deno.test("no hash and no signature lets a reader compute a hidden identification", async () => {
  await using site = await openRecordSite();
  const first = sample("tx-1", { fields: { ID: "04A1B2C3" } });
  const { ocmf } = first.payload;
  await site.publish(first, sample("tx-2"));
  await site.publishRaw(first.subject, JSON.stringify({ ocmf: ocmf.slice(0, -1) }), "of another program");
  await site.publishRaw(first.subject, JSON.stringify({ ocmf: ocmf.replace("tx-1", "tx-3") }));
  const hash = first.id.split(".")[1] ?? "";
  const signature = /"SD":"([^"]+)"/.exec(ocmf)?.[1] ?? "";
  const copyKey = createHash("sha256").update(`${first.id}\n`).update(ocmf).digest("base64url").slice(0, 20);
  for (const path of ["/api/sessions", "/api/sessions.csv", "/api/records/1", "/api/records/3"]) {
    const text = await (await site.get(path)).text();
    for (const shown of [hash, signature, copyKey]) assert.ok(!text.includes(shown), `${path}: ${shown}`);
  }
  const { rows } = await site.json("/api/sessions");
  // Without an identification nothing can be computed
  assert.deepEqual(rows.map(({ id }: SessionRow) => id), [
    "seq 4",
    "********",
    sample("tx-2").id,
    "BY1.********",
  ]);
  const open = await (await site.post("/api/records/1/identification")).json();
  assert.deepEqual([open.row.id, open.ocmf], [first.id, ocmf]);
});

Deno.test("the CSV has all records of the search in the columns of an export, without identifications", async () => {
  await using site = await openRecordSite();
  const fields = { ID: "TAG-04A2B3C4", TT: "=1+1<=>tx-1" };
  await site.publish(sample("tx-1", { fields }), ...Array.from({ length: 60 }, (_, index) => sample(`n-${index}`)));
  const response = await site.get("/api/sessions.csv?limit=3");
  assert.match(response.headers.get("content-disposition") ?? "", /^attachment; filename="sessions.csv"$/);
  const [head = "", ...lines] = (await response.text()).trimEnd().split("\r\n");
  assert.match(head, /^journal_seq,message_id,site,.*,meter_serial$/);
  assert.equal(lines.length, 61);
  const line = lines.at(-1) ?? "";
  assert.match(line, /^1,[^,]+,berlin,evse-1,[^,]+,tx-1,stopped,/);
  assert.match(line, /,valid,ok,first_seen,,.*,22125,.*,\*{8},'=1\+1,T7,TEST0000001$/);
  const found = await (await site.get("/api/sessions.csv?transaction=n-7")).text();
  assert.equal(found.trimEnd().split("\r\n").length, 2);
});

Deno.test("the stream of a hub, which has sources and no subjects, is read", async () => {
  await using site = await openRecordSite({ name: "EDGE_OCMF", subjects: ["wattseal.*.*.ocmf"] });
  await site.publish(sample("tx-1"), sample("tx-2", { meter: "evse-2" }));
  const manager = await site.nats.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_OCMF", sources: [{ name: "EDGE_OCMF" }] });
  while ((await manager.streams.info("WATTSEAL_OCMF")).state.messages < 2) await site.nats.flush();
  assert.deepEqual(ids((await allRows(site, "")).rows), ["tx-2", "tx-1"]);
  assert.deepEqual(ids((await allRows(site, "meter=evse-1")).rows), ["tx-1"]);
  assert.equal((await site.json("/api/records/1")).row.transactionId, "tx-1");
});

Deno.test("an answer ends after some time, and the next one continues", async () => {
  let nowMs = 0;
  await using site = await openRecordSite(undefined, () => nowMs += 400);
  await site.publish(...Array.from({ length: 9 }, (_, index) => sample(`tx-${index}`)));
  const { rows, pages } = await allRows(site, "");
  assert.deepEqual(ids(rows), Array.from({ length: 9 }, (_, index) => `tx-${8 - index}`));
  assert.ok(pages > 2);
});

Deno.test("of very many readers at once, some are asked to come again, and the others are answered", async () => {
  await using site = await openRecordSite();
  await site.publish(sample("tx-1"));
  const answers = await Promise.all(Array.from({ length: 200 }, () => site.get("/api/sessions")));
  const statuses = new Set(answers.map(({ status }) => status));
  assert.deepEqual([...statuses].toSorted(), [200, 503]);
  const refused = answers.find(({ status }) => status === 503);
  assert.equal((await refused?.json()).code, "busy");
  assert.deepEqual(ids((await site.json("/api/sessions")).rows), ["tx-1"]);
});

Deno.test("requests for CSV whose answer nobody reads do not keep others from searching", async () => {
  await using site = await openRecordSite();
  await site.publish(...Array.from({ length: 5 }, (_, index) => sample(`tx-${index}`)));
  for (let request = 1; request <= 51; request++) {
    const { status, headers } = await site.head("/api/sessions.csv");
    assert.deepEqual([status, headers.get("content-type")], [200, "text/csv; charset=utf-8"]);
  }
  for (let request = 1; request <= 51; request++) await site.abandon("/api/sessions.csv");
  assert.equal((await site.get("/api/sessions")).status, 200);
  assert.equal((await site.head("/api/sessions.csv?limit=x")).status, 400);
});

Deno.test("a user has three downloads at the same time, also if the client reads nothing", async () => {
  await using site = await openRecordSite();
  await site.publish(sample("tx-1"));
  const open = await Promise.all([1, 2, 3].map(() => site.get("/api/sessions.csv")));
  assert.deepEqual(open.map(({ status }) => status), [200, 200, 200]);
  const refused = await site.get("/api/sessions.csv");
  assert.equal(refused.status, 503);
  assert.deepEqual(await refused.json(), {
    code: "busy",
    message: "You already have 3 downloads of sessions; end some, or wait",
  });
  assert.equal((await site.get("/api/sessions")).status, 200);
  assert.match(await open[0]?.text() ?? "", /tx-1/);
  const next = await site.get("/api/sessions.csv");
  assert.equal(next.status, 200);
  for (const { body } of [...open.slice(1), next]) await body?.cancel();
});

Deno.test("a search that cannot begin holds no place of a download", async () => {
  await using site = await openRecordSite(null);
  for (let request = 1; request <= 4; request++) {
    assert.equal((await (await site.get("/api/sessions.csv")).json()).code, "no_stream");
  }
});

Deno.test("without a stream of records, the answer names what to do", async () => {
  await using site = await openRecordSite(null);
  for (const path of ["/api/sessions", "/api/sessions.csv", "/api/records/1"]) {
    const response = await site.get(path);
    assert.equal(response.status, 503);
    assert.match((await response.json()).message, /no stream.*fleet setup/);
  }
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
  assert.deepEqual(ids(rows), ["tx-11."]);
  assert.ok(pages > 1, "no answer reads more than 2000 messages");
});
