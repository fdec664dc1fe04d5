import assert from "node:assert/strict";
import { MetricsPage } from "../../src/metrics/mod.ts";
import { type ListenAddress, mayOverlap } from "../../src/metrics/listen_address.ts";
import { Logged } from "../nats/logged.ts";
import { FakeTime } from "../support/fake_time.ts";
import { endpointOf, freeAddress } from "../support/own_address.ts";
import { figuresOf } from "./figures.ts";
import { rawAnswer } from "./raw_client.ts";

interface Rig extends AsyncDisposable {
  readonly page: MetricsPage;
  readonly log: Logged;
  readonly time: FakeTime;
}

function openPage(): Rig {
  const [log, time] = [new Logged(), new FakeTime()];
  const page = new MetricsPage(figuresOf, { log, time });
  return { page, log, time, [Symbol.asyncDispose]: () => page.close() };
}

const at = (address: string) => {
  const { hostname: host, port } = endpointOf(address);
  return { host, port };
};

/**
 * Whether the page answers there. For an instant, a process that another test starts has copies of all sockets, also of one
 * that is closed meanwhile: it accepts a connection and resets it.
 */
async function isAt(address: string): Promise<boolean> {
  const answer = await rawAnswer(address, "GET /metrics HTTP/1.1\r\n\r\n").catch((error) => {
    if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.ConnectionReset) return "";
    throw error;
  });
  return answer.startsWith("HTTP/1.1 200 OK\r\n");
}

Deno.test("the page moves to another address, and closes without one", async () => {
  await using rig = openPage();
  const [first, second] = [freeAddress(), freeAddress()];
  assert.deepEqual(await rig.page.listenOn(at(first)), []);
  assert.ok(await isAt(first));
  assert.deepEqual(await rig.page.listenOn(at(second)), []);
  assert.deepEqual([await isAt(first), await isAt(second)], [false, true]);
  assert.deepEqual(await rig.page.listenOn(at(second)), []);
  assert.ok(await isAt(second));
  assert.deepEqual(await rig.page.listenOn(undefined), []);
  assert.deepEqual([await isAt(first), await isAt(second)], [false, false]);
  assert.deepEqual(rig.log.lines.map(({ text }) => text), [
    `info Metrics are provided {"url":"http://${first}/metrics"}`,
    `info Metrics are provided {"url":"http://${second}/metrics"}`,
  ]);
});

Deno.test("the page stays where it is while another process uses its new address, and moves when that is free", async () => {
  await using rig = openPage();
  const { page, log, time } = rig;
  const [first, second] = [freeAddress(), freeAddress()];
  await page.listenOn(at(first));
  using other = Deno.listen(endpointOf(second));
  const problem = `Cannot provide metrics on ${second}; they stay on ${first} and the service tries again; check ` +
    "metrics.listen and which process uses the port";
  const reason = "Address already in use";
  assert.deepEqual(await page.listenOn(at(second)), [`${problem}: ${reason}`]);
  assert.equal(log.count(new RegExp(`^error .*${second}.*{"reason":"Address already in use`)), 1);
  for (let second = 0; second < 30; second++) {
    const answered = isAt(first);
    await time.advance(1000);
    assert.ok(await answered, "the page does not leave its address to try the other one");
  }
  other.close();
  // Until no other process has a copy of its socket
  await time.run(log.next(/^info Metrics are provided/));
  assert.deepEqual([await isAt(first), await isAt(second)], [false, true]);
});

Deno.test("an address that this machine does not have, or an unknown name, leaves the page where it is", async () => {
  await using rig = openPage();
  const first = freeAddress();
  await rig.page.listenOn(at(first));
  for (
    const [host, reason] of [
      ["198.51.100.1", /they stay on .*: Cannot assign requested address/],
      ["no-such-host.invalid", /they stay on .*: getaddrinfo/],
    ] as const
  ) {
    assert.match((await rig.page.listenOn({ host, port: 4000 }))[0] ?? "", reason);
    assert.ok(await isAt(first));
  }
  // The configuration is as it was: nothing more is tried
  assert.deepEqual(await rig.page.listenOn(at(first)), []);
  await rig.time.advance(60_000);
  assert.ok(await isAt(first));
});

Deno.test("the page moves to another name of its own address, where it is in its own way", async () => {
  await using rig = openPage();
  const first = freeAddress();
  await rig.page.listenOn(at(first));
  const { host, port } = at(first);
  const moved = rig.log.next(/^info Metrics are provided .*:\/\/\[::ffff:127\.[\d.]+\]:4000\/metrics/);
  const problems = await rig.page.listenOn({ host: `::ffff:${host}`, port });
  // While another process has a copy of its closed socket, the address is in use
  if (problems.length > 0) assert.match(problems.join(), /tries again; .*: Address already in use$/);
  await rig.time.run(moved);
  assert.ok(await isAt(first));
});

Deno.test("an address is in the way of another one if both are the same, or one of them stands for all", () => {
  for (
    const [one, other, expected] of [
      ["127.0.0.1", "127.0.0.1", true],
      ["127.0.0.1", "10.0.0.5", false],
      ["127.0.0.1", "0.0.0.0", true],
      ["127.0.0.1", "::", true],
      ["127.0.0.1", "::ffff:127.0.0.1", true],
      ["127.0.0.1", "::1", false],
      ["::1", "0:0:0:0:0:0:0:1", true],
    ] as const
  ) {
    const addresses = [one, other].map((host) => ({ host, port: 9464 })) as [ListenAddress, ListenAddress];
    assert.equal(mayOverlap(...addresses), expected, `${one} ${other}`);
    assert.equal(mayOverlap(addresses[0], { host: other, port: 9465 }), false);
  }
});
