import assert from "node:assert/strict";
import { bytesOf } from "../ocmf/samples.ts";
import { openRecordSite, sample } from "./record_site.ts";
import { allRows } from "./session_rows.ts";

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
