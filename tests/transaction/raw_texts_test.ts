import assert from "node:assert/strict";
import { verifyRecord } from "../../src/ocmf/mod.ts";
import { ocmfResult } from "../../src/contract/mod.ts";
import { meterKey } from "./physical_meter.ts";
import { startRequest, textOf, World } from "./world.ts";

/** Tariff texts, and the verdict on the record of a meter that does not escape them. */
const texts: readonly (readonly [tariff: string, signature: "valid" | "malformed"])[] = [
  ['Tarif "Basis"', "malformed"],
  ["ends with a backslash \\", "malformed"],
  ["C:\\data", "malformed"],
  ['3 "<=>other', "malformed"],
  ['3<=>other","CT":"', "valid"],
  ['3<=>other","ZZ":"', "valid"],
  ["C:\\new", "valid"],
  ["Gr\u00fcnstrom 0,30 \u20ac/kWh", "valid"],
];

Deno.test("a record of a meter that does not escape texts is stored under its id, with a special verdict", async () => {
  for (const [tariff, signature] of texts) {
    await using world = new World();
    world.meter.copiesRaw = true;
    const { transactions, steps, journal } = world.boot();
    const { warnings = [] } = await transactions.start({ ...startRequest("tx-1"), tariff_text: tariff });
    assert.match(warnings.join("\n"), /^tariff_text holds a quote, a backslash or a letter beyond ASCII: /m, tariff);
    const stoppedAtMs = world.time.mono();
    const { status, signed_meter_value: value } = await transactions.stop({ transaction_id: "tx-1" });
    assert.equal(world.time.mono(), stoppedAtMs, "a file that is signed is whole");
    assert.deepEqual([status, value?.signed_meter_data], ["OK", textOf(world.meter.made[0])], tariff);
    const [record] = journal.records();
    assert.ok(record !== undefined && journal.records().length === 1);
    const { transaction_id, verification } = ocmfResult(record);
    assert.deepEqual(
      [record.transactionId, transaction_id, verification.signature],
      ["tx-1", "tx-1", signature],
      tariff,
    );
    assert.equal(transactions.status({ transaction_id: "tx-1" }).transaction?.state, "finished", tariff);
    if (signature === "valid") continue;
    assert.match(
      verification.problems.join(),
      /backslashes in TT are not escaped, .*; the signature matches its bytes: /,
      tariff,
    );
    const [fault] = steps.faults.active;
    assert.deepEqual([fault?.subType, fault?.message.includes("not escaped")], ["RecordNotVerified", true], tariff);
  }
});

Deno.test("a record with unescaped texts that the meter closed itself is found under its id after a restart", async () => {
  for (const [tariff] of texts) {
    await using world = new World();
    world.meter.copiesRaw = true;
    await world.boot().transactions.start({ ...startRequest("tx-1"), tariff_text: tariff });
    world.meter.close("P");
    const { transactions, journal } = world.boot();
    await transactions.recover();
    assert.deepEqual(
      journal.records().map((each) => [each.transactionId, each.reason]),
      [["tx-1", "power_loss"]],
      tariff,
    );
    assert.equal(world.meter.state, "NOT_READY");
  }
});

Deno.test("a start warns only of texts that a meter may not escape", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  const warnedOf = async (id: string, more: Record<string, unknown>) =>
    (await transactions.start({ ...startRequest(id), ...more })).warnings?.map((text) => text.split(" ")[0]);
  const plain = "A1z */-+.()[]{}$%^&*_+-=[];',";
  assert.equal(await warnedOf("tx-1", { identification_data: plain, tariff_text: plain }), undefined);
  const both = { identification_data: "M\u00fcller", evse_id: 'DE"1' };
  assert.deepEqual(await warnedOf("tx-2", both), ["identification_data", "evse_id"]);
});

Deno.test("verifyRecord does not report escapes if a record has another problem", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  await transactions.start({ ...startRequest("tx-1"), tariff_text: 'Tarif "Basis" \\' });
  await transactions.stop({ transaction_id: "tx-1" });
  const [file = new Uint8Array()] = world.meter.made;
  assert.equal(verifyRecord(file, meterKey).signature, "valid", "it is escaped");
  const broken = new TextEncoder().encode(textOf(file).replace('"CT":"EVSEID"', '"CT":EVSEID'));
  assert.doesNotMatch(verifyRecord(broken, meterKey).problems.join(), /escaped/);
});
