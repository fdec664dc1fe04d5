import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { everyMeterRead, meterName, openSite } from "../support/site.ts";

/** The most exchanges with the flooded meter for each exchange with another one; without a limit there are 600. */
const maxTurns = 30;

/** Generous, because a busy machine may stall. */
const limitMs = 120_000;

Deno.test("Service continues to read thirteen meters of a line while one of them gets very many requests", async () => {
  const units = Array.from({ length: 13 }, (_, place) => place + 1);
  await using site = await openSite({
    meters: units.map((unit) => new SimulatedMeter({ unit })),
    line: { paced: true, baudrate: 115_200 },
  });
  const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  await using _stopped = { [Symbol.asyncDispose]: () => service.stop() };
  await everyMeterRead(site.client, units);

  const wanted = new Map(units.map((unit) => [meterName(unit), 2]));
  const { promise: allRead, resolve } = Promise.withResolvers<void>();
  site.client.subscribe("wattseal.test.*.reading", {
    callback: (_error, { subject }) => {
      const meter = subject.split(".")[2] ?? "";
      const left = (wanted.get(meter) ?? 0) - 1;
      if (left > 0) wanted.set(meter, left);
      else wanted.delete(meter);
      if (wanted.size === 0) resolve();
    },
  });
  const exchangesOf = () => (service.stats()[0]?.meters ?? []).map(({ exchanges }) => exchanges);
  const before = exchangesOf();
  const answers: Promise<unknown>[] = [];
  const flood = () => {
    for (let n = 0; n < 600; n++) {
      const [what, body] = n % 2 === 0 ? ["reading.get", ""] : ["transaction.stop", `{"transaction_id":"none-${n}"}`];
      const asked = site.client.request(`wattseal.test.${meterName(1)}.${what}`, body, { timeout: limitMs });
      answers.push(asked.then((message) => message.json<{ code?: string }>().code, String));
    }
  };
  const late = setTimeout(resolve, limitMs);
  let read = false;
  allRead.then(() => read = true);
  // A caller that waits for its answers: the flood is as fast as the service, not as the clock
  while (!read) {
    flood();
    await Promise.race([allRead, Promise.all(answers)]);
  }
  clearTimeout(late);
  assert.deepEqual([...wanted], [], "readings that are missing");
  const [flooded = 0, ...others] = exchangesOf().map((exchanges, place) => exchanges - (before[place] ?? 0));
  assert.ok(
    flooded < maxTurns * Math.min(...others),
    `${flooded} exchanges with one meter, ${others} with the others`,
  );
  const codes = new Set(await Promise.all(answers));
  assert.deepEqual(codes, new Set([undefined, "BUSY", "UNKNOWN_TRANSACTION"]));
});
