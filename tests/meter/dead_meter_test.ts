import assert from "node:assert/strict";
import { Line } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { Meter } from "../../src/meter/mod.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { defaults } from "./rig.ts";

const initialTimeoutMs = 150;

Deno.test("Meter that is dead costs its line one exchange a pause; the others keep their rate, a slow one too", async () => {
  const units = [1, 2, 3];
  const wire = SimulatedLine.open(units.map((unit) => new SimulatedMeter({ unit })), {
    baudrate: 115_200,
    turnaroundMs: 2,
  });
  // Unit 3 takes most of the time that an answer may take.
  wire.misbehave({ kind: "delay", ms: 75 }, { unit: 3, times: 1e6 });
  const line = new Line({
    name: "rs485-1",
    endpoint: { kind: "serial", path: wire.path ?? "" },
    baudrate: 115_200,
    parity: "none",
    stopBits: 1,
    rtscts: false,
    ignoreEcho: false,
    initialTimeoutMs,
    withinMessageTimeoutMs: 20,
    retries: 2,
  });
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
      { time: systemTime, log: silentLog },
    )
  );
  const readings = new Map<string, number>();
  const counted = meters.map(async (meter) => {
    for await (const event of meter.events) {
      if (event.kind === "reading") readings.set(meter.name, (readings.get(meter.name) ?? 0) + 1);
    }
  });
  for (const meter of meters) meter.start();
  await Promise.all(meters.map((meter) => meter.triedOnce));
  assert.deepEqual(meters.map((meter) => meter.state), ["online", "online", "online", "offline"]);
  const before = { readings: new Map(readings), dead: line.unitStats(9).exchanges, atMs: systemTime.mono() };
  await systemTime.sleep(6000);
  const seconds = (systemTime.mono() - before.atMs) / 1000;
  const dead = line.unitStats(9).exchanges - before.dead;
  const missing = units.map((unit) => {
    const name = `evse-${unit}`;
    return Math.floor(seconds) - ((readings.get(name) ?? 0) - (before.readings.get(name) ?? 0));
  });
  const states = meters.map((meter) => meter.state);
  await Promise.all(meters.map((meter) => meter.stop()));
  await Promise.all(counted);
  await line.close();
  await wire[Symbol.asyncDispose]();

  // One reading may lie on either side of the border; none was skipped, see below.
  assert.ok(missing.every((count) => count <= 1), `readings missing: ${missing.join(", ")}`);
  assert.deepEqual(states, ["online", "online", "online", "offline"]);
  assert.ok(
    dead >= 4 && dead <= Math.ceil(seconds / (1 + initialTimeoutMs / 1000)),
    `${dead} exchanges in ${seconds} s`,
  );
  assert.deepEqual(meters.slice(0, 3).map((meter) => meter.skippedCycles), [0, 0, 0]);
});
