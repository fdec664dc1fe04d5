import assert from "node:assert/strict";
import { startRequest, World } from "./world.ts";

Deno.test("TransactionDesk.start writes the fields, begins, and answers after RUNNING was read back", async () => {
  await using world = new World();
  const { desk, steps, journal } = world.boot();
  assert.deepEqual(await desk.start(startRequest("tx-1")), {
    status: "OK",
    transaction_id: "tx-1",
    signed_meter_value: {
      signed_meter_data: `{"signedData":"${"AB".repeat(122)}","signature":"${"CD".repeat(64)}"}`,
      signing_method: "ECDSA-brainpoolP256r1-SHA256",
      encoding_method: "plain",
      public_key: steps.identity?.billing.able ? steps.identity.billing.publicKeyPoint : "",
      timestamp: "2026-01-31T08:00:01.000Z",
    },
  });
  assert.deepEqual(steps.calls, ["readOcmfState", "writeTransaction", "begin", "readOcmfState", "readSignedValue"]);
  assert.deepEqual(world.meter.fields, {
    identificationStatus: 1,
    identificationLevel: 0,
    identificationFlags: [1, 0, 0, 0],
    identificationType: 10,
    identificationData: "1F2D3A4F5506C7",
    chargingPointType: 0,
    chargingPoint: "DE*TST*E1",
    tariffText: "0.30 EUR/kWh<=>tx-1",
  });
  assert.deepEqual(journal.changes(1).map(({ state }) => state), ["starting", "running"]);
  assert.equal(steps.monitored, true);
});
