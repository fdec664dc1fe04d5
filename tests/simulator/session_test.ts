import assert from "node:assert/strict";
import { SimulatedLine, SimulatedMeter, type SimulatedMeterOptions } from "../../src/simulator/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { RawClient } from "./raw_client.ts";

const done = "01 10 70 40 00 01 1A DD";
const refused = "01 90 04 4D C3";
const begin = "01 10 70 40 00 01 02 00 42 59 66";
const end = "01 10 70 40 00 01 02 00 45 18 A4";
const abort = "01 10 70 40 00 01 02 00 41 19 67";
const confirm = "01 10 71 00 00 01 02 00 00 C7 57";
const confirmed = "01 10 71 00 00 01 1A F5";
const readState = "01 04 71 00 00 01 2A F6";
const notReady = "01 04 02 00 00 B9 30";
const running = "01 04 02 00 01 78 F0";
const ready = "01 04 02 00 02 38 F1";
const corrupted = "01 04 02 00 03 F9 31";
const readSize = "01 04 71 01 00 01 7B 36";
const sizeZero = notReady;
const readFileStart = "01 04 71 10 00 02 6B 32";
const nothing = "01 04 04 00 00 00 00 FB 84";
const ocmf = "01 04 04 4F 43 4D 46 A8 26";
const setClock = "01 10 70 32 00 04 08 00 80 69 61 00 00 00 00 85 F4";
const clockSet = "01 10 70 32 00 04 7A C5";

interface Stage {
  readonly meter: SimulatedMeter;
  readonly time: FakeTime;
  readonly client: RawClient;
  readonly line: SimulatedLine;
}

async function onStage(play: (stage: Stage) => Promise<void>, options: Partial<SimulatedMeterOptions> = {}) {
  const time = new FakeTime();
  const meter = new SimulatedMeter({ unit: 1, closingMs: 300, ...options }, { time });
  await using line = SimulatedLine.open([meter], { paced: false }, { time });
  using client = new RawClient(line.path);
  await play({ meter, time, client, line });
}

Deno.test(
  "SimulatedMeter is RUNNING after 'B', READY some time after 'E', and erases the file after the " +
    "confirmation",
  async () => {
    await onStage(async ({ client, time }) => {
      await client.expect(readState, notReady);
      await client.expect(begin, done);
      await client.expect(readState, running);
      await client.expect(readSize, sizeZero);
      await client.expect(end, done);
      await time.advance(299);
      await client.expect(readState, running);
      await time.advance(1);
      await client.expect(readState, ready);
      await client.expect(readFileStart, ocmf);
      await client.expect(confirm, confirmed);
      await client.expect(readState, notReady);
      await client.expect(readSize, sizeZero);
      await client.expect(readFileStart, nothing);
    });
  },
);

Deno.test("SimulatedMeter refuses commands and confirmations that do not match its state", async () => {
  await onStage(async ({ client, meter, time }) => {
    await client.expect(end, refused);
    await client.expect(abort, refused);
    await client.expect(begin, done);
    await client.expect(begin, refused);
    await client.expect(confirm, "01 90 04 4D C3");
    await client.expect(end, done);
    await client.expect(end, refused);
    await time.advance(300);
    await client.expect(end, refused);
    await client.expect(begin, refused);
    meter.corrupt();
    await client.expect(begin, refused);
    await client.expect(readState, corrupted);
    await client.expect(confirm, confirmed);
    await client.expect(begin, done);
  });
});

Deno.test("SimulatedMeter without a key refuses to start a transaction", async () => {
  await onStage(async ({ client }) => await client.expect(begin, refused), { keyBits: "none" });
});

Deno.test("SimulatedMeter closes an aborted transaction with TX A", async () => {
  await onStage(async ({ client, meter, time }) => {
    await client.expect(begin, done);
    await client.expect(abort, done);
    await time.advance(300);
    await client.expect(readState, ready);
    assert.match(meter.lastRecord ?? "", /"TX":"A"/);
  });
});

Deno.test("SimulatedMeter keeps half of its record when it is corrupted", async () => {
  await onStage(async ({ client, meter, time }) => {
    await client.expect(begin, done);
    await client.expect(end, done);
    await time.advance(300);
    const whole = await client.read(0x7101, 1);
    meter.corrupt();
    const half = await client.read(0x7101, 1);
    assert.equal((half[0] ?? 0) * 256 + (half[1] ?? 0), Math.ceil(((whole[0] ?? 0) * 256 + (whole[1] ?? 0)) / 2));
    await client.expect(readFileStart, ocmf);
  });
});

Deno.test("SimulatedMeter closes an open transaction with TX P when it loses power", async () => {
  await onStage(async ({ client, meter }) => {
    await client.expect(begin, done);
    meter.powerCycle();
    await client.expect(readState, ready);
    assert.match(meter.lastRecord ?? "", /"TX":"B".*"TX":"P"/);
  });
});

Deno.test("SimulatedMeter can continue its transaction after a power loss", async () => {
  await onStage(async ({ client, meter }) => {
    await client.expect(begin, done);
    meter.powerCycle();
    await client.expect(readState, running);
  }, { powerLoss: "keeps_running" });
});

Deno.test("SimulatedMeter is silent without power, and counts no energy in the meantime", async () => {
  await onStage(async ({ client, line, meter, time }) => {
    const before = meter.values.energyImportWh;
    meter.powerOff();
    const heard = line.requests.next();
    client.send(readState);
    assert.equal((await heard).outcome, "silent");
    await time.advance(3_600_000);
    meter.powerOn();
    await client.expect(begin, done);
    assert.equal(meter.values.energyImportWh, before);
  });
});

Deno.test(
  "SimulatedMeter continues its clock from the written time, and rejects a new time while RUNNING and " +
    "for 2 s after power-on",
  async () => {
    await onStage(async ({ client, meter, time }) => {
      await client.expect(setClock, clockSet);
      await time.advance(10_000);
      await client.expect("01 04 70 32 00 04 4A C6", "01 04 08 00 8A 69 61 00 00 00 00 BB 34");
      await client.expect("01 10 70 31 00 01 02 05 A1 11 5E", "01 90 03 0C 01");
      await client.expect("01 10 70 32 00 04 08 00 00 00 00 00 01 00 00 E1 0D", "01 90 03 0C 01");
      await client.expect("01 10 70 31 00 01 02 00 3C D3 A7", "01 10 70 31 00 01 4A C6");
      assert.deepEqual([meter.clock.offsetMinutes, meter.clock.synchronised], [60, true]);

      await client.expect(begin, done);
      await client.expect(setClock, refused);
      meter.powerCycle();
      await time.advance(1999);
      await client.expect(setClock, refused);
      await time.advance(1);
      await client.expect(setClock, clockSet);
    });
  },
);

Deno.test("SimulatedMeter ignores a broadcast and other units", async () => {
  await onStage(async ({ client }) => {
    client.send("00 10 70 40 00 01 02 00 42 54 F6");
    client.send("03 04 00 0B 00 01 41 EA");
    await client.expect(readState, notReady);
  });
});
