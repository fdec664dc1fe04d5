import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { pointToSpki } from "../../src/ocmf/mod.ts";
import type { MeterDetail } from "../../src/view/mod.ts";
import { node, reading, status } from "../cli/fleet_messages.ts";
import { testPublicKey } from "../ocmf/samples.ts";
import { openWebSite } from "../support/web_site.ts";

const exchanges = {
  exchanges: 10,
  errors: 1,
  errors_by_kind: { timeout: 1, crc: 0, unexpected_answer: 0, exception: 0 },
  skipped_readings: 3,
};

Deno.test("the answer about a meter has its last reading, status, key, process and statistics", async () => {
  await using site = await openWebSite();
  await site.publish("berlin._node.status", { ...node, instance: "b-1", meter_stats: { "evse-1": exchanges } });
  await site.publish("berlin.evse-1.status", status("online"));
  await site.publish("berlin.evse-1.reading", reading);
  await site.publish("berlin.evse-1.public_key", {
    meter_id: "BY1234567.2024",
    public_key: testPublicKey,
    public_key_format: "binary",
    signing_method: "ECDSA",
    timestamp: "2026-01-31T07:00:00.000Z",
  });
  const detail: MeterDetail = await (await site.app.request("/api/meters/berlin/evse-1")).json();
  assert.deepEqual(detail.reading, reading);
  assert.partialDeepStrictEqual(detail, {
    connection: { connected: true },
    row: { site: "berlin", meter: "evse-1", powerW: 6900.3, state: "online" },
    status: { state: "online" },
    publicKey: { payload: { public_key: testPublicKey } },
    node: { instance: "b-1" },
    statistics: { exchanges: 10, skipped_readings: 3 },
  });
  const der = Uint8Array.fromHex(pointToSpki(testPublicKey));
  assert.equal(detail.publicKey?.fingerprint, createHash("sha256").update(der).digest("hex"));
});

Deno.test("a meter without a key and without a stream of states is shown, and an unknown one is not found", async () => {
  await using site = await openWebSite({ streams: [] });
  await site.publish("berlin.evse-1.reading", reading);
  const detail: MeterDetail = await (await site.app.request("/api/meters/berlin/evse-1")).json();
  assert.deepEqual([detail.row.state, detail.publicKey, detail.node], ["online", undefined, undefined]);
  for (const path of ["/api/meters/berlin/evse-2", "/api/meters/*/*", "/api/meters/a%2Fb/%3E"]) {
    const response = await site.app.request(path);
    assert.deepEqual([response.status, (await response.json()).code], [404, "not_found"], path);
  }
});
