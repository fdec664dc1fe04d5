import assert from "node:assert/strict";
import { join } from "node:path";
import { openKnownMeters } from "../../src/base/known_meters.ts";
import { silentLog } from "../../src/base/log.ts";
import { Logged } from "../nats/logged.ts";

const site = "wattseal.berlin-01";

Deno.test("the known meters of a state folder outlive the process, and belong to one site", () => {
  const folder = Deno.makeTempDirSync({ prefix: "wattseal-test-" });
  try {
    const first = openKnownMeters(folder, site, silentLog);
    first.add(["evse-1", "evse-2"]);
    first.add(["evse-2", "evse-3"]);
    first.remove("evse-1");
    assert.deepEqual(openKnownMeters(folder, site, silentLog).names, ["evse-2", "evse-3"]);
    assert.deepEqual(openKnownMeters(folder, "wattseal.paris-01", silentLog).names, []);
    assert.equal((Deno.statSync(join(folder, "meters")).mode ?? 0) & 0o777, 0o600);
    for (const text of ["", "null", "[1]", `{"site":"${site}","meters":{}}`, `{"site":"${site}","meters":[7]}`]) {
      Deno.writeTextFileSync(join(folder, "meters"), text);
      assert.deepEqual(openKnownMeters(folder, site, silentLog).names, [], text);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("known meters that cannot be stored are known until the process ends, and the log names the folder", () => {
  const log = new Logged();
  const known = openKnownMeters("/does/not/exist", site, log);
  known.add(["evse-1"]);
  assert.deepEqual(known.names, ["evse-1"]);
  assert.equal(log.count(/Cannot store the names of the meters/), 1);
});
