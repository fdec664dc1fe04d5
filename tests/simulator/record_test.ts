import assert from "node:assert/strict";
import { registers } from "../../src/meter/mod.ts";
import { pointToSpki, verifyLiveMap, verifyRecord } from "../../src/ocmf/mod.ts";
import { SimulatedLine, SimulatedMeter, type SimulatedMeterOptions } from "../../src/simulator/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { RawClient } from "./raw_client.ts";

const { transaction: tx } = registers;
/** 2026-01-10T07:00:00Z, low word first. */
const tenthOfJanuary = Uint8Array.of(0xf8, 0xf0, 0x69, 0x61, 0, 0, 0, 0);

const wordOf = (number: number) => Uint8Array.of(number >> 8, number & 0xff);
const text = (value: string) => {
  const bytes = new TextEncoder().encode(value);
  return Uint8Array.of(...bytes, ...new Uint8Array(2 - bytes.length % 2));
};

interface Session {
  readonly flags?: readonly [number, number, number, number];
  readonly tariffText?: string;
  readonly setClock?: boolean;
}

interface Filed {
  readonly record: string;
  /** As reported by the size register. */
  readonly size: number;
}

/**
 * Runs one transaction of 90 minutes per session through the registers. Returns the records from the file registers.
 */
async function recordOf(options: Partial<SimulatedMeterOptions>, sessions: readonly Session[]): Promise<Filed[]> {
  const time = new FakeTime();
  const meter = new SimulatedMeter({ unit: 1, load: "still", serialNumber: "TEST0000001", ...options }, { time });
  await using line = SimulatedLine.open([meter], { paced: false }, { time });
  using client = new RawClient(line.path);
  const records: Filed[] = [];
  for (const session of sessions) {
    if (session.setClock !== false) {
      await client.write(registers.utc.at, tenthOfJanuary);
      await client.write(registers.timeOffset.at, wordOf(60));
    }
    await client.write(tx.identificationStatus.at, wordOf(1));
    await client.write(tx.identificationLevel.at, wordOf(0));
    const flags = session.flags ?? [0, 0, 0, 0];
    await client.write(tx.identificationFlags.at, Uint8Array.of(...flags.flatMap((flag) => [...wordOf(flag)])));
    await client.write(tx.identificationType.at, wordOf(10));
    await client.write(tx.identificationData.at, text("1F2D3A4F5506C7"));
    await client.write(tx.chargingPointType.at, wordOf(0));
    await client.write(tx.chargingPoint.at, text("DE*TST*E0001"));
    const tariff = session.tariffText ?? "0.30-EUR/kWh<=>12345678-1234-5678-1234-567812345678";
    await client.write(tx.tariffText.at, text(tariff));
    meter.set({ energyImportWh: 10_000 });
    await client.write(tx.command.at, wordOf(0x42));
    await time.advance(5_400_000);
    meter.set({ energyImportWh: 32_125 });
    await client.write(tx.command.at, wordOf(0x45));
    await time.advance(1000);
    const size = new DataView((await client.read(tx.ocmfSize.at, 1)).buffer).getUint16(0);
    const file = new TextDecoder().decode(await client.read(tx.ocmfFile.at, size));
    const [record = ""] = file.split("\0");
    records.push({ record, size });
    assert.equal(record, meter.lastRecord);
    await client.write(tx.ocmfState.at, wordOf(0));
  }
  return records;
}

const payloadOf = (filed: Filed | undefined) => filed?.record.slice(5, filed.record.lastIndexOf("|")) ?? "";

Deno.test("SimulatedMeter with raw record texts copies texts into a record without escaping", async () => {
  const tariffText = 'Tarif "Gr\u00fcn" \\<=>tx-1';
  const [raw] = await recordOf({ recordTexts: "raw" }, [{ tariffText }]);
  assert.ok(payloadOf(raw).includes(`"TT":"${tariffText}","CT":`));
  const [escaped] = await recordOf({}, [{ tariffText }]);
  assert.equal(JSON.parse(payloadOf(escaped)).TT, tariffText);
});

Deno.test("SimulatedMeter writes a record exactly like an EM580, including spaces", async () => {
  const [record] = await recordOf({ pagination: 6 }, [{}]);
  assert.equal(
    payloadOf(record),
    '{"FV":"1.2","GI":"Carlo Gavazzi Controls-EM580DINAV23XS3DET","GS":"TEST0000001","GV":"M_1.6.3-C_1.6.3",' +
      '"PG":"T7","MV":"Carlo Gavazzi Controls","MM":"EM580DINAV23XS3DET","MS":"TEST0000001","MF":"M_1.6.3-C_1.6.3",' +
      '"IS":true,"IL":"NONE","IF":[],"IT":"ISO14443","ID":"1F2D3A4F5506C7",' +
      '"TT":"0.30-EUR/kWh<=>12345678-1234-5678-1234-567812345678","CT":"EVSEID","CI":"DE*TST*E0001",' +
      '"LC":{"LN":"CABLE_LOSS","LI": 0,"LR": 0,"LU": "mOhm"},' +
      '"RD":[{"TM":"2026-01-10T08:00:00,000+0100 S","TX":"B","RV":10.000,"RI":"1-b:1.8.0","RU":"kWh","RT":"AC",' +
      '"RM":"","ST":"G"},{"TM":"2026-01-10T09:30:00,000+0100 S","TX":"E","RV":32.125,"RI":"1-b:1.8.0","RU":"kWh",' +
      '"RT":"AC","RM":"","ST":"G"}]}',
  );
});

Deno.test("SimulatedMeter signs its records with both kinds of keys, and numbers them", async () => {
  for (const keyBits of [256, 384] as const) {
    const key = new SimulatedMeter({ unit: 1, keyBits }).publicKey;
    const records = await recordOf({ keyBits }, [{}, {}]);
    for (const [index, { record }] of records.entries()) {
      const { signature, session, problems } = verifyRecord(new TextEncoder().encode(record), key, {
        transactionId: "12345678-1234-5678-1234-567812345678",
        serialNumber: "TEST0000001",
        lastPagination: index,
      });
      assert.deepEqual({ signature, session, problems }, { signature: "valid", session: "ok", problems: [] });
      assert.ok(record.endsWith(`"SA":"ECDSA-brainpoolP${keyBits}r1-SHA256"}`));
    }
  }
});

Deno.test("SimulatedMeter distinguishes the groups of identification flags by their position", async () => {
  const [lone, all] = await recordOf({}, [{ flags: [1, 0, 0, 0] }, { flags: [2, 7, 1, 2] }]);
  assert.match(payloadOf(lone), /"IF":\["RFID_PLAIN"\]/);
  assert.match(payloadOf(all), /"IF":\["RFID_RELATED","OCPP_CERTIFIED","ISO15118_PNC","PLMN_SMS"\]/);
});

Deno.test("SimulatedMeter escapes the tariff text as JSON, and ends it at its NUL", async () => {
  const tariffs = ['a "long" \\ tariff | with\n\u20ac<=>id-1', "short<=>id-2"];
  const records = await recordOf({}, tariffs.map((tariffText) => ({ tariffText })));
  assert.deepEqual(records.map((filed) => JSON.parse(payloadOf(filed)).TT), tariffs);
});

Deno.test("SimulatedMeter marks the time of an unset clock as unsynchronised", async () => {
  const [record] = await recordOf({}, [{ setClock: false }]);
  assert.match(payloadOf(record), /"TM":"1970-01-01T00:00:00,000\+0000 U","TX":"B"/);
});

Deno.test("SimulatedMeter pads its file with the given number of NUL words", async () => {
  const [filed] = await recordOf({ filePaddingWords: 3 }, [{}]);
  assert.equal(filed?.size, Math.ceil((filed?.record.length ?? 0) / 2) + 3);
});

Deno.test("SimulatedMeter signs the live map with its values, and has the key as point and as DER", async () => {
  for (const [keyBits, words, keyWords, derWords] of [[256, 93, 33, 46], [384, 109, 49, 62]] as const) {
    const meter = new SimulatedMeter({ unit: 1, keyBits });
    await using line = SimulatedLine.open([meter], { paced: false });
    using client = new RawClient(line.path);
    const point = (await client.read(registers.publicKeyPoint.at, keyWords)).toHex().toUpperCase();
    assert.equal(point, `${meter.publicKey}00`);
    const der = (await client.read(registers.publicKeyDer.at, derWords)).toHex().toUpperCase();
    assert.equal(der, pointToSpki(point.slice(0, -2)));

    const maps = [];
    for (const importWh of [1000, 2000]) {
      meter.set({ energyImportWh: importWh });
      client.send(keyBits === 256 ? "01 04 08 00 00 5D 33 93" : "01 04 08 00 00 6D 33 87");
      const map = Uint8Array.fromHex((await client.receive(words * 2 + 5)).replaceAll(" ", "")).slice(3, -2);
      const [data, signature] = [map.subarray(0, 122).toHex(), map.subarray(122).toHex()];
      assert.ok(verifyLiveMap(data, signature, point.slice(0, -2)));
      maps.push(data);
    }
    assert.notEqual(maps[0], maps[1]);
  }
});
