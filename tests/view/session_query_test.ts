import assert from "node:assert/strict";
import { hasVerdict, kilowattHours, sessionParams, sessionQuery, verdictChoices } from "../../src/view/mod.ts";

Deno.test("a query and its parameters say the same", () => {
  const query = {
    from: "2026-01-31T08:00:00.000Z",
    to: "2026-02-01T00:00:00.000Z",
    site: "berlin",
    meter: "evse-1",
    evse: "DE*ABC & more",
    transaction: "a=b#c",
    verdict: "good",
    before: 7,
    after: 2,
    limit: 10,
  };
  assert.deepEqual(sessionQuery(sessionParams(query)), query);
  assert.deepEqual(sessionQuery(new URLSearchParams("from=2026-01-31T09:00:00%2B01:00&unknown=1&site=&evse=+")), {
    from: "2026-01-31T08:00:00.000Z",
  });
});

Deno.test("each verdict can be searched for", () => {
  const good = { signature: "valid", session: "ok", key: "pinned", problems: [] };
  assert.deepEqual(verdictChoices.filter((choice) => hasVerdict(good, choice)), ["good", "valid", "ok", "pinned"]);
  const changed = { ...good, key: "changed" };
  assert.deepEqual(verdictChoices.filter((choice) => hasVerdict(changed, choice)), [
    "problem",
    "valid",
    "ok",
    "changed",
  ]);
});

Deno.test("an energy keeps all of its digits in kilowatt-hours", () => {
  const pairs = [["22125", "22.125"], ["22125.0", "22.1250"], ["7", "0.007"], ["0", "0.000"], ["-12", "-0.012"]];
  for (const [energyWh = "", expected] of pairs) assert.equal(kilowattHours(energyWh), expected);
  assert.equal(kilowattHours("123456789012345678.9"), "123456789012345.6789");
});
