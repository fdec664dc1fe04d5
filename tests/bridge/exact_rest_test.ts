import assert from "node:assert/strict";
import { ExactRest } from "../../bridge/exact_rest.ts";

/** A rest on a clock that only sleeping and looking at it move; handing over to the sleeper takes `hopMs`. */
function restWith(hopMs: () => number): { rest: ExactRest; mono: () => number; asked: number[] } {
  let now = 0;
  const asked: number[] = [];
  const mono = () => now += 0.001;
  const sleep = (us: number) => {
    asked.push(us);
    now += us / 1000 + hopMs();
    return Promise.resolve();
  };
  return { rest: new ExactRest(sleep, mono), mono, asked };
}

Deno.test("ExactRest learns what handing over takes, and takes it off", async () => {
  const { rest, mono, asked } = restWith(() => 0.4);
  for (let round = 0; round < 200; round++) await rest.for(1.75);
  const start = mono();
  await rest.for(1.75);
  assert.ok(Math.abs(mono() - start - 1.75) < 0.05, `${mono() - start} ms`);
  assert.ok(Math.abs((asked.at(-1) ?? 0) - 1350) < 50, `${asked.at(-1)} us`);
});

Deno.test("ExactRest never ends early, also when handing over takes less than it ever did", async () => {
  let hopMs = 0.6;
  const { rest, mono } = restWith(() => hopMs);
  for (let round = 0; round < 200; round++) await rest.for(1.75);
  hopMs = 0.05;
  const start = mono();
  await rest.for(1.75);
  assert.ok(mono() - start >= 1.75, `${mono() - start} ms`);
});

Deno.test("ExactRest is soon exact again after one long delay", async () => {
  let hopMs = 0.2;
  const { rest, mono } = restWith(() => hopMs);
  for (let round = 0; round < 200; round++) await rest.for(1.75);
  hopMs = 30;
  await rest.for(1.75);
  hopMs = 0.2;
  await rest.for(1.75);
  const start = mono();
  await rest.for(1.75);
  assert.ok(mono() - start < 1.85, `${mono() - start} ms`);
});

Deno.test("ExactRest is exact again some rests after a delay that was longer than a rest by far", async () => {
  let hopMs = 5000;
  const { rest, mono } = restWith(() => hopMs);
  await rest.for(1.75);
  hopMs = 0.2;
  for (let round = 0; round < 200; round++) await rest.for(1.75);
  const start = mono();
  await rest.for(1.75);
  assert.ok(mono() - start < 1.85, `${mono() - start} ms`);
});
