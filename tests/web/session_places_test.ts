import assert from "node:assert/strict";
import { openRecordSite, sample } from "./record_site.ts";
import { transactionIds } from "./session_rows.ts";

Deno.test("of very many readers at once, some are asked to come again, and the others are answered", async () => {
  await using site = await openRecordSite();
  await site.publish(sample("tx-1"));
  const answers = await Promise.all(Array.from({ length: 200 }, () => site.get("/api/sessions")));
  const statuses = new Set(answers.map(({ status }) => status));
  assert.deepEqual([...statuses].toSorted(), [200, 503]);
  const refused = answers.find(({ status }) => status === 503);
  assert.equal((await refused?.json()).code, "busy");
  assert.deepEqual(transactionIds((await site.json("/api/sessions")).rows), ["tx-1"]);
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
