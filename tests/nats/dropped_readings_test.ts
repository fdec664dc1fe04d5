import assert from "node:assert/strict";
import { FakeTime } from "../support/fake_time.ts";
import { freeAddress } from "../support/own_address.ts";
import { reading } from "./fakes.ts";
import { FakeHealth, newNode } from "./setup.ts";

/** A node without NATS and without a spool: it drops every reading. */
function droppingNode() {
  const time = new FakeTime();
  const health = new FakeHealth();
  const node = newNode({ address: freeAddress(), health, time });
  const publish = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      node.publishReading("evse-1", reading);
      await time.advance(1_000);
    }
  };
  node.start();
  return { time, health, publish, close: () => time.run(node.close()) };
}

Deno.test("NatsNode raises a fault when it drops readings for more than a minute, until it drops none for a minute", async () => {
  const { time, health, publish, close } = droppingNode();
  await publish(55);
  assert.equal(health.message("ReadingsDropped"), undefined);
  await publish(15);
  assert.match(
    health.message("ReadingsDropped") ?? "",
    /^Readings have been dropped since 2026-01-31T08:00:\S+: they were not acknowledged, and `spool.mode` is `off`;/,
  );
  await time.advance(55_000);
  assert.notEqual(health.message("ReadingsDropped"), undefined);
  await time.advance(25_000);
  assert.equal(health.message("ReadingsDropped"), undefined);
  await close();
});

Deno.test("NatsNode keeps the fault raised while it drops a reading every minute", async () => {
  const { time, health, publish, close } = droppingNode();
  for (let minute = 0; minute < 3; minute++) {
    await publish(1);
    await time.advance(59_000);
  }
  for (let second = 0; second < 180; second++) {
    if (second % 60 === 0) await publish(1);
    else await time.advance(1_000);
    assert.notEqual(health.message("ReadingsDropped"), undefined, `after ${second} s`);
  }
  await close();
});

Deno.test("NatsNode raises no fault when it drops readings now and then", async () => {
  const { time, health, publish, close } = droppingNode();
  for (let outage = 0; outage < 4; outage++) {
    await publish(10);
    await time.advance(90_000);
    assert.equal(health.message("ReadingsDropped"), undefined);
  }
  await close();
});
