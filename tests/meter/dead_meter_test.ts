import assert from "node:assert/strict";
import { parseRequest } from "../../src/modbus/mod.ts";
import { wireTimeMs } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { Meter } from "../../src/meter/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";
import { defaults } from "./rig.ts";

const wire = { baudrate: 115_200, parity: "none", stopBits: 1 } as const;
const initialTimeoutMs = 150;
const units = [1, 2, 3];

/** Answers like meters on a real line; unit 3 needs most of the allowed time. */
function answersOf(meters: readonly SimulatedMeter[]): TimedScript {
  return async (hex, _send, _nth, sleep) => {
    const parsed = parseRequest(Uint8Array.fromHex(hex));
    assert.ok(parsed.kind === "request");
    const { request } = parsed;
    const answer = meters.find(({ unit }) => unit === request.unit)?.respond(request);
    if (answer === undefined) return;
    await sleep(wireTimeMs(wire, request.length + answer.length) + (request.unit === 3 ? 77 : 2));
    return answer.toHex();
  };
}

Deno.test("a dead meter costs its line one exchange per pause, and the other meters keep their rate, also a slow one", async () => {
  const time = new FakeTime();
  const answers = answersOf(units.map((unit) => new SimulatedMeter({ unit }, { time })));
  const line = new FakeTimeLine(answers, { ...wire, initialTimeoutMs, withinMessageTimeoutMs: 20, retries: 2 }, time);
  await line.start();
  const meters = [...units, 9].map((unit, place) =>
    new Meter(
      {
        ...defaults,
        unit,
        name: `evse-${unit}`,
        communicationErrorPauseDelayS: 1,
        initialConnectionRetryCount: 1,
        liveMeasurementIntervalMs: 1000,
        gridOffset: place / 4,
      },
      line,
      { time, log: silentLog },
    )
  );
  const readings = new Map(meters.map(({ name }) => [name, 0]));
  const counted = meters.map(async (meter) => {
    for await (const event of meter.events) {
      if (event.kind === "reading") readings.set(meter.name, (readings.get(meter.name) ?? 0) + 1);
    }
  });
  for (const meter of meters) meter.start();
  await time.run(Promise.all(meters.map((meter) => meter.triedOnce)));
  assert.deepEqual(meters.map((meter) => meter.state), ["online", "online", "online", "offline"]);

  const seconds = 60;
  const before = { readings: new Map(readings), dead: line.unitStats(9).exchanges };
  await time.advance(1000 * seconds);
  const dead = line.unitStats(9).exchanges - before.dead;
  const read = units.map((unit) => (readings.get(`evse-${unit}`) ?? 0) - (before.readings.get(`evse-${unit}`) ?? 0));
  // One reading may be on either side of the limit; none was skipped, see below
  assert.ok(read.every((count) => Math.abs(count - seconds) <= 1), `readings: ${read.join(", ")}`);
  assert.deepEqual(meters.map((meter) => meter.state), ["online", "online", "online", "offline"]);
  const maxDead = seconds / (1 + initialTimeoutMs / 1000);
  assert.ok(dead > 0.9 * maxDead && dead <= Math.ceil(maxDead), `${dead} exchanges in ${seconds} s`);
  assert.deepEqual(meters.slice(0, 3).map((meter) => meter.skippedCycles), [0, 0, 0]);

  await time.run(Promise.all(meters.map((meter) => meter.stop())));
  await Promise.all(counted);
  await time.run(line.close());
});
