import assert from "node:assert/strict";
import { openRecordSite, sample } from "./record_site.ts";

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
