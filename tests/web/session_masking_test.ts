import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { SessionRow } from "../../src/view/mod.ts";
import { openRecordSite, sample } from "./record_site.ts";
import { allRows, transactionIds } from "./session_rows.ts";

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
  assert.deepEqual(transactionIds(rows), ["tx-4", `${card}-2026`, "77-1", "********"]);
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
