import assert from "node:assert/strict";
import { MetricsPage } from "../../src/metrics/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { FakeTime } from "../support/fake_time.ts";
import { endpointOf, freeAddress } from "../support/own_address.ts";
import { figuresOf, lineReport, meterFigures } from "./figures.ts";
import { rawAnswer, RawClient } from "./raw_client.ts";

const request = "GET /metrics HTTP/1.1\r\nHost: wattseal\r\n\r\n";

interface Rig extends AsyncDisposable {
  readonly address: string;
  readonly time: FakeTime;
  /** How often the values were read. */
  readonly reads: () => number;
}

async function openPage(meters = ["evse-1"]): Promise<Rig> {
  const [address, time] = [freeAddress(), new FakeTime()];
  let reads = 0;
  const figures = figuresOf({
    lines: [lineReport("rs485-1", meters)],
    meters: meters.map((name) => meterFigures(name, "rs485-1")),
  });
  const page = new MetricsPage(() => (reads++, figures), { log: silentLog, time });
  const { hostname: host, port } = endpointOf(address);
  await page.listenOn({ host, port });
  return { address, time, reads: () => reads, [Symbol.asyncDispose]: () => page.close() };
}

/** Sleeps of the page itself: the measurement of the event loop. Each served client has one more. */
const ownSleeps = 1;

const timeoutMs = 30_000;

/** Resolves when so many clients are served, or something else has happened. */
async function served(time: FakeTime, clients: number, isOver = () => false): Promise<void> {
  const latestMs = systemTime.mono() + timeoutMs;
  while (time.sleeping !== ownSleeps + clients && !isOver()) {
    if (systemTime.mono() > latestMs) throw new Error(`${time.sleeping - ownSleeps} are served instead of ${clients}`);
    await systemTime.sleep(2);
  }
}

Deno.test("clients that never finish their request make room for others after 250 ms, and at most 8 are served", async () => {
  await using rig = await openPage();
  using slow = new DisposableStack();
  const clients: RawClient[] = [];
  for (let count = 0; count < 24; count++) {
    clients.push(slow.use(await RawClient.open(rig.address, "GET /metrics HTTP/1.1\r\nx: a")));
  }
  let answer = "";
  const isAnswered = () => answer !== "";
  void rawAnswer(rig.address, request).then((text) => answer = text);
  while (true) {
    // One more sleep: a client waits for a slow one
    await served(rig.time, 8 + 1, isAnswered);
    if (isAnswered()) break;
    await rig.time.advance(250);
  }
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal(rig.time.mono(), 3 * 250);
  await served(rig.time, 7);
  // The last ones are still connected
  await rig.time.advance(5_000);
  for (const client of clients) assert.equal(await client.rest(), "");
  await served(rig.time, 0);
});

Deno.test("a client that never takes a large page is closed after 5 s, and others get the page meanwhile", async () => {
  const meters = Array.from({ length: 2_000 }, (_, index) => `evse-${index + 1}`);
  await using rig = await openPage(meters);
  using slow = await RawClient.open(rig.address, request);
  await served(rig.time, 1);
  const page = await rawAnswer(rig.address, request);
  assert.ok(page.includes('wattseal_meter_exchanges_total{meter="evse-2000",line="rs485-1"} 100\n'));
  await served(rig.time, 1);
  await rig.time.advance(5_000);
  await served(rig.time, 0);
  assert.ok((await slow.rest()).length < page.length);
});

Deno.test("a request may arrive byte by byte; one without an end is refused at 16 kB", async () => {
  await using rig = await openPage();
  for (const text of [request, request.replaceAll("\r", "")]) {
    using client = await RawClient.open(rig.address, "");
    for (const byte of text) await client.send(byte);
    assert.match(await client.rest(), /^HTTP\/1\.1 200 OK\r\n/);
  }
  const head = "GET /metrics HTTP/1.1\r\nx: ";
  const fits = `${head}${"a".repeat(16_384 - head.length - 4)}\r\n\r\n`;
  assert.match(await rawAnswer(rig.address, fits), /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(await rawAnswer(rig.address, head + "a".repeat(20_000)), /^HTTP\/1\.1 431 /);
  assert.match(await rawAnswer(rig.address, "nonsense\r\n\r\n"), /^HTTP\/1\.1 400 /);
});

Deno.test("ten requests at once read the values once, and again when a second has passed", async () => {
  await using rig = await openPage();
  const pages = await Promise.all(Array.from({ length: 10 }, () => rawAnswer(rig.address, request)));
  assert.equal(new Set(pages).size, 1);
  assert.equal(rig.reads(), 1);
  await rig.time.advance(1_000);
  await rawAnswer(rig.address, request);
  assert.equal(rig.reads(), 2);
});
