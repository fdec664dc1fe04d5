import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { LineError } from "../../src/line/mod.ts";
import type { Reading } from "../../src/meter/mod.ts";
import { RequestedReadings } from "../../src/contract/requested_readings.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeServedMeter, reading } from "../nats/fakes.ts";

/** A meter whose readings end when the test ends them. */
class SlowServedMeter extends FakeServedMeter {
  readonly begun: PromiseWithResolvers<Reading>[] = [];

  constructor(name: string) {
    super(name);
    this.meter.readNow = () => {
      const { promise, ...rest } = Promise.withResolvers<Reading>();
      this.begun.push({ promise, ...rest });
      return promise;
    };
  }

  /** Ends the current reading, so that the next one begins. */
  async end(energyImportWh: number): Promise<void> {
    this.begun.at(-1)?.resolve({ ...reading, energyImportWh });
    await setImmediate();
  }
}

Deno.test("RequestedReadings answers all requests that arrive during a reading with the next one", async () => {
  const [served, other] = [new SlowServedMeter("evse-1"), new SlowServedMeter("evse-2")];
  const readings = new RequestedReadings(new FakeTime());
  const asked = Array.from({ length: 6 }, () => readings.take(served, 30_000));
  const ofOther = readings.take(other, 30_000);
  assert.deepEqual([served.begun.length, other.begun.length], [1, 1]);
  await served.end(1);
  asked.push(readings.take(served, 30_000));
  await served.end(2);
  await served.end(3);
  await other.end(7);
  assert.equal(served.begun.length, 3);
  const energies = (await Promise.all(asked)).map(({ energyImportWh }) => energyImportWh);
  assert.deepEqual(energies, [1, 2, 2, 2, 2, 2, 3]);
  assert.equal((await ofOther).energyImportWh, 7);
});

Deno.test("RequestedReadings continues after a failed reading", async () => {
  const served = new SlowServedMeter("evse-1");
  const readings = new RequestedReadings(new FakeTime());
  const failed = assert.rejects(readings.take(served, 30_000), LineError);
  const next = readings.take(served, 30_000);
  served.begun[0]?.reject(new LineError("timeout", "no answer"));
  await failed;
  await served.end(2);
  assert.equal((await next).energyImportWh, 2);
});

Deno.test("RequestedReadings accepts 16 waiting requests for a meter and refuses the next", async () => {
  const served = new SlowServedMeter("evse-1");
  const readings = new RequestedReadings(new FakeTime());
  const asked = Array.from({ length: 17 }, () => readings.take(served, 30_000));
  await assert.rejects(readings.take(served, 30_000), {
    code: "BUSY",
    message: /read evse-1: 16 requests are already waiting/,
  });
  void readings.take(new SlowServedMeter("evse-2"), 30_000);
  await served.end(1);
  await served.end(2);
  assert.equal((await Promise.all(asked)).length, 17);
  assert.equal(served.begun.length, 2);
});

Deno.test("RequestedReadings refuses a request whose time has passed, and does not read without requests", async () => {
  const served = new SlowServedMeter("evse-1");
  const time = new FakeTime();
  const readings = new RequestedReadings(time);
  const first = readings.take(served, 100);
  const late = assert.rejects(readings.take(served, 500), { code: "TIMEOUT", message: /nothing was done/ });
  await time.advance(500);
  await late;
  await served.end(1);
  assert.equal((await first).energyImportWh, 1);
  assert.equal(served.begun.length, 1);
  void readings.take(served, 30_000);
  assert.equal(served.begun.length, 2);
});

Deno.test("RequestedReadings refuses waiting requests when it is closed, and finishes the current reading", async () => {
  const served = new SlowServedMeter("evse-1");
  const readings = new RequestedReadings(new FakeTime());
  const first = readings.take(served, 30_000);
  const waiting = assert.rejects(readings.take(served, 30_000), {
    code: "METER_OFFLINE",
    message: /service is ending/,
  });
  readings.close();
  await waiting;
  await assert.rejects(readings.take(served, 30_000), { code: "METER_OFFLINE" });
  await served.end(1);
  assert.equal((await first).energyImportWh, 1);
  assert.equal(served.begun.length, 1);
});
