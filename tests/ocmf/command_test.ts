import assert from "node:assert/strict";
import { verify } from "../../src/cli/verify.ts";
import { pointToSpki, publicKey, toOcppRecord } from "../../src/ocmf/mod.ts";
import { begin, end, payload, signed, testPublicKey, textOf } from "./samples.ts";
import { run, verdicts } from "./verify_command.ts";

const record = textOf(signed());
const damaged = record.replace("32.125", "32.126");
const otherKey = publicKey(new Uint8Array(32).fill(9), "brainpoolP256r1");

Deno.test("verify verifies an OCMF text with the given key", async () => {
  assert.deepEqual(await run(record, { publicKey: testPublicKey }), {
    code: 0,
    lines: [{
      signature: "valid",
      session: "ok",
      key: "pinned",
      problems: [],
      derived_session: {
        derived: true,
        transaction_id: "tx-1",
        begin_at: "2026-01-10T07:00:00.000Z",
        end_at: "2026-01-10T08:30:00.000Z",
        duration_s: 5400,
        time_quality: "S",
        registers: [{
          obis: "1-b:1.8.0",
          direction: "import",
          billed: true,
          begin_Wh: "10000",
          end_Wh: "32125",
          energy_Wh: "22125",
        }],
        energy_Wh: "22125",
        evse_id: "DE*TST*E1",
        charging_point_type: "EVSEID",
        identification: { assigned: true, type: "NONE", level: "NONE", flags: [] },
        tariff_text: "0.30",
        pagination: "T7",
        meter_serial: "TEST0000001",
      },
    }],
  });
  const { code, lines } = await run(damaged, { publicKey: testPublicKey });
  assert.deepEqual([code, lines[0]?.signature], [1, "invalid"]);
  assert.deepEqual(await verdicts(record, {}), [1, "unverifiable ok first_seen"]);
});

Deno.test("verify reports an invalid --public-key, and no record is valid", async () => {
  const offCurve = `${testPublicKey.slice(0, -2)}00`;
  for (const publicKey of ["zz", "04ABCD", "", "not a key", offCurve]) {
    let told = "";
    let verdict = "";
    const io = {
      readInput: () => Promise.resolve(new TextEncoder().encode(record)),
      out: (text: string) => void (verdict += text),
      err: (text: string) => void (told += text),
      terminalSize: () => undefined,
    };
    assert.equal(await verify({ publicKey, json: true }, io), 1, publicKey);
    assert.doesNotMatch(verdict, /"signature":"valid"/);
    assert.match(told, /^--public-key: Cannot \w+ the public key: .*; give the meter's key in hex, base64 or PEM\n$/);
  }
});

Deno.test("verify verifies several OCMF texts line by line", async () => {
  const wanted = [1, "valid ok pinned", "invalid ok pinned"];
  assert.deepEqual(await verdicts(`${record}\n${damaged}\n`, { publicKey: testPublicKey }), wanted);
});

Deno.test("verify verifies an OcmfResult with its transaction id", async () => {
  const result = {
    "transaction_id": "tx-1",
    "meter_id": "TEST0000001.2026",
    ocmf: record,
    "public_key": testPublicKey,
  };
  const { code, lines } = await run(JSON.stringify(result, null, 2));
  assert.deepEqual([code, lines[0]?.id, lines[0]?.signature, lines[0]?.session], [0, "tx-1", "valid", "ok"]);
  assert.deepEqual(
    await verdicts(JSON.stringify({ ...result, "transaction_id": "tx-2" })),
    [1, "tx-2 valid violated first_seen"],
  );
});

Deno.test("verify verifies the reply to a stop", async () => {
  const answer = (data: string) => ({
    status: "OK",
    "start_signed_meter_value": { "signed_meter_data": "{}", "encoding_method": "plain", "public_key": otherKey },
    "signed_meter_value": { "signed_meter_data": data, "encoding_method": "OCMF", "public_key": testPublicKey },
    ocpp: toOcppRecord(data, ""),
  });
  assert.deepEqual(await verdicts(JSON.stringify(answer(record), null, 2)), [0, "valid ok first_seen"]);
  const two = `${JSON.stringify(answer(record))}\n${JSON.stringify(answer(damaged))}\n`;
  assert.deepEqual(await verdicts(two), [1, "valid ok first_seen", "invalid ok pinned"]);
  const live = answer('{"signedData":"00","signature":"00"}');
  assert.equal((await run(JSON.stringify(live))).code, 2);
});

Deno.test("verify --json joins the session of a meter that signs begin and end separately", async () => {
  const halves = [signed(payload([begin])), signed(payload([end], { PG: "T8" }))].map((ocmf) => textOf(ocmf));
  const message = (records: readonly string[]) =>
    JSON.stringify({
      transactionInfo: { transactionId: "tx-1" },
      meterValue: records.map((signedMeterData) => ({ sampledValue: [{ signedMeterValue: { signedMeterData } }] })),
    });
  for (const records of [halves, halves.toReversed()]) {
    const { lines } = await run(message(records), { publicKey: testPublicKey });
    const found = lines.map(({ session, joined_session: joined }) => [session, joined?.energy_Wh]);
    assert.deepEqual(found.toSorted(), [["ok", undefined], ["ok", "22125"]]);
  }
  const gap = signed(payload([end], { PG: "T9" }));
  const { lines } = await run(message([halves[0] ?? "", textOf(gap)]), { publicKey: testPublicKey });
  assert.deepEqual(lines.map(({ joined_session: joined }) => joined), [undefined, undefined]);
});

Deno.test("verify reports JSON lines in order, and an invalid line with its problem", async () => {
  const line = (id: unknown, ocmf: unknown, key: unknown) => JSON.stringify({ id, ocmf, "public_key": key });
  const file = [
    line("a", record, testPublicKey),
    "{broken",
    line(7, damaged, testPublicKey),
    "",
    line("c", record, null),
    line("d", 5, testPublicKey),
    line("e", record, otherKey),
    line("f", record, pointToSpki(testPublicKey)),
  ].join("\n");
  assert.deepEqual(await verdicts(file), [
    1,
    "a valid ok first_seen",
    "malformed unknown first_seen",
    "7 invalid ok pinned",
    "c unverifiable ok first_seen",
    "d malformed unknown first_seen",
    "e invalid ok changed",
    "f valid ok pinned",
  ]);
});

Deno.test("verify distinguishes the key in a record from the given key", async () => {
  const file = JSON.stringify({ ocmf: record, "public_key": otherKey });
  assert.deepEqual(await verdicts(file, { publicKey: testPublicKey }), [0, "valid ok changed"]);
});

Deno.test("verify exits with 2 if the file is missing or has no record", async () => {
  for (
    const text of ["", "hello", "{}", "[]", '{"id":1}', "<values/>", "<values><value>", "\0\0", "{broken\n{broken"]
  ) {
    assert.deepEqual(await run(text), { code: 2, lines: [] }, JSON.stringify(text));
  }
  const errors: string[] = [];
  const io = {
    readInput: () => Promise.resolve(new Uint8Array()),
    out() {},
    err: (text: string) => void errors.push(text),
    terminalSize: () => undefined,
  };
  assert.equal(await verify({ file: "/nonexistent/record.ocmf", json: true }, io), 2);
  assert.match(errors.join(""), /Cannot read \/nonexistent\/record.ocmf/);
});

Deno.test("verify reports an invalid record as malformed", async () => {
  assert.deepEqual(await verdicts(record.replace("OCMF", "OCMA"), { publicKey: testPublicKey }), [
    1,
    "malformed unknown pinned",
  ]);
});

Deno.test("verify explains the record in a file", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, record);
    let output = "";
    const io = {
      readInput: () => Promise.reject(new Error("not asked")),
      out: (text: string) => void (output += text),
      err() {},
      terminalSize: () => undefined,
    };
    assert.equal(await verify({ file: path, publicKey: testPublicKey, json: false, full: true }, io), 0);
    assert.match(output, /^Record 1\n/);
    assert.match(output, /energy +22\.125 kWh/);
    assert.match(output, /signature +valid/);
    assert.match(output, /\n1 record: 1 valid\n$/);
    output = "";
    assert.equal(await verify({ file: path, publicKey: testPublicKey, json: false }, io), 0);
    assert.deepEqual(output.replaceAll(/ +/g, " ").split("\n").slice(2), [
      " 1 DE*TST*E1 tx-1 2026-01-10 07:00 01:30:00 22.125 kWh valid",
      "1 record: 1 valid",
      "",
    ]);
  } finally {
    await Deno.remove(path);
  }
});
