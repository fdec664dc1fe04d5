import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { startWebServer } from "../../src/web/mod.ts";
import { reading } from "../cli/fleet_messages.ts";
import { EventReader } from "../support/event_reader.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ownHost } from "../support/own_address.ts";
import { openWebSite } from "../support/web_site.ts";

const maxAttempts = 100;

/** The server notices a moment later that a client is gone. */
async function openEvents(url: string): Promise<EventReader> {
  for (let attempt = 1;; attempt++) {
    const response = await fetch(url);
    if (response.status === 200 || attempt === maxAttempts) return new EventReader(response);
    await response.body?.cancel();
  }
}

Deno.test("on a socket, a browser gets the page and its events, and a stop ends them", async () => {
  await using site = await openWebSite({ streams: ["state"] });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  const { host, port } = server.address;
  const url = `http://${host}:${port}`;
  assert.match(await (await fetch(url)).text(), /<div id="app">/);
  const response = await fetch(`${url}/api/fleet`);
  assert.match(response.headers.get("Content-Type") ?? "", /^text\/event-stream/);
  await using reader = new EventReader(response);
  await reader.next("snapshot");
  await site.publish("berlin.evse-1.reading", reading);
  assert.equal((await reader.next("change")).data.meters[0].powerW, 6900.3);

  site.live.stop();
  await server.stop();
  await assert.rejects(reader.next());
  await assert.rejects(fetch(url).then((answer) => answer.text()));
});

Deno.test("a stop ends an answer that would go on", async () => {
  await using site = await openWebSite({ streams: [] });
  const time = new FakeTime();
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, time);
  await using reader = new EventReader(await fetch(`http://${server.address.host}:${server.address.port}/api/fleet`));
  await reader.next("snapshot");
  const stopped = server.stop();
  await time.advance(2_000);
  await stopped;
  await assert.rejects(reader.next());
});

Deno.test("an address that another process uses is refused", async () => {
  await using site = await openWebSite({ streams: [] });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  assert.throws(() => startWebServer(site.app, server.address, systemTime), Deno.errors.AddrInUse);
  await server.stop();
});

Deno.test("pages of several clients share the bytes of an event, and each gets all of them", async () => {
  await using site = await openWebSite({ streams: [] });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  const url = `http://${server.address.host}:${server.address.port}/api/fleet`;
  const readers = await Promise.all(Array.from({ length: 3 }, () => openEvents(url)));
  for (const reader of readers) await reader.next("snapshot");
  await site.publish("berlin.evse-1.reading", { ...reading, meter_id: "x".repeat(300_000) });
  for (const reader of readers) {
    assert.equal((await reader.next("change")).data.meters[0].meterId.length, 300_000);
    await reader[Symbol.asyncDispose]();
  }
  site.live.stop();
  await server.stop();
});

Deno.test("a client that leaves makes room for others", async () => {
  await using site = await openWebSite({ streams: [] });
  const server = startWebServer(site.app, { host: ownHost(), port: 0 }, systemTime);
  const url = `http://${server.address.host}:${server.address.port}/api/fleet`;
  // More than are served at once, to one client and to all
  for (let batch = 0; batch < 26; batch++) {
    const readers = await Promise.all(Array.from({ length: 20 }, () => openEvents(url)));
    for (const reader of readers) await reader.next("snapshot");
    for (const reader of readers) await reader[Symbol.asyncDispose]();
  }
  site.live.stop();
  await server.stop();
});
