import assert from "node:assert/strict";
import { type EventStream, FleetLink } from "../../src/page/shell/fleet_link.ts";
import { meterRow } from "./rows.ts";

const at = "2026-01-31T08:00:00.000Z";
const connection = { connected: true, since: at };

class FakeStream implements EventStream {
  readyState = 0;
  onerror: ((event: Event) => void) | null = null;
  isClosed = false;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  send(type: string, value: unknown, lastEventId = ""): void {
    const data = typeof value === "string" ? value : JSON.stringify(value);
    this.#listeners.get(type)?.(new MessageEvent(type, { data, lastEventId }));
  }

  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.(new Event("error"));
  }
}

/** A link with streams, clocks and a timer of the test. */
class LinkBench {
  readonly streams: FakeStream[] = [];
  readonly askedAfter: (string | undefined)[] = [];
  refusals = 0;
  nowMs = Date.parse(at);
  monoMs = 5_000;
  #check: (() => void) | undefined;
  readonly link = new FleetLink({
    open: (lastEventId) => {
      this.askedAfter.push(lastEventId);
      const stream = new FakeStream();
      this.streams.push(stream);
      return stream;
    },
    refused: () => void this.refusals++,
    now: () => this.nowMs,
    mono: () => this.monoMs,
    every: (_ms, call) => {
      this.#check = call;
      return () => void (this.#check = undefined);
    },
  });

  get stream(): FakeStream {
    const last = this.streams.at(-1);
    assert.ok(last);
    return last;
  }

  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.nowMs += 1_000;
      this.monoMs += 1_000;
      this.#check?.();
    }
  }
}

function startedBench(): LinkBench {
  const bench = new LinkBench();
  bench.link.start();
  bench.stream.send("snapshot", { at, connection, meters: [meterRow()], nodes: [] });
  return bench;
}

Deno.test("the link applies the snapshot and the changes, and reports each of them", () => {
  const bench = startedBench();
  let reports = 0;
  bench.link.subscribe(() => reports++);
  bench.stream.send("change", { at, meters: [meterRow({ powerW: 7 }), meterRow({ meter: "evse-2" })] });
  assert.deepEqual(bench.link.state.meters().map(({ meter, powerW }) => [meter, powerW]), [["evse-1", 7], [
    "evse-2",
    undefined,
  ]]);
  assert.equal(reports, 1);
});

Deno.test("while the browser connects again, the link knows since when; a message ends that", () => {
  const bench = startedBench();
  bench.stream.fail(0);
  const lostMs = bench.nowMs;
  bench.pass(10);
  bench.stream.fail(0);
  assert.equal(bench.link.lostSinceMs, lostMs);
  assert.equal(bench.link.state.meters().length, 1);
  bench.stream.send("change", { at });
  assert.equal(bench.link.lostSinceMs, undefined);
  assert.equal(bench.streams.length, 1);
});

Deno.test("a refused stream is opened again after a pause, and the login is checked", () => {
  const bench = startedBench();
  bench.pass(10);
  bench.stream.send("beat", at);
  bench.stream.fail(2);
  bench.pass(1);
  assert.equal(bench.refusals, 1);
  assert.equal(bench.streams.length, 2);
  bench.stream.fail(2);
  bench.pass(2);
  assert.equal(bench.streams.length, 2);
  bench.pass(1);
  assert.equal(bench.streams.length, 3);
});

Deno.test("a stream without any message for 45 seconds is dead and is opened again; a beat keeps it", () => {
  const bench = startedBench();
  bench.pass(40);
  bench.stream.send("beat", at);
  bench.pass(44);
  assert.equal(bench.link.lostSinceMs, undefined);
  bench.pass(2);
  assert.equal(bench.link.lostSinceMs, bench.nowMs);
  assert.equal(bench.streams.length, 2);
  assert.ok(bench.streams[0]?.isClosed);
});

Deno.test("messages of a stream that was replaced are ignored", () => {
  const bench = startedBench();
  bench.pass(46);
  bench.streams[0]?.send("change", { at, meters: [meterRow({ meter: "late" })] });
  assert.equal(bench.link.state.meters().length, 1);
});

Deno.test("the clock of the server advances between its messages, also if the clock of the browser jumps", () => {
  const bench = startedBench();
  bench.pass(3);
  bench.nowMs += 1e9;
  assert.equal(bench.link.serverNowMs, Date.parse(at) + 3_000);
});

Deno.test("a stopped link has no stream, makes no attempt, and continues after its last event", () => {
  const bench = startedBench();
  bench.stream.send("change", { at }, "a-7");
  bench.stream.send("beat", at);
  bench.link.stop();
  assert.ok(bench.stream.isClosed);
  assert.deepEqual([bench.link.isStarted, bench.link.isCurrent], [false, false]);
  bench.stream.fail(2);
  bench.pass(100);
  assert.deepEqual([bench.streams.length, bench.refusals, bench.link.lostSinceMs], [1, 0, undefined]);

  bench.link.start();
  bench.pass(1);
  assert.deepEqual(bench.askedAfter, [undefined, "a-7"]);
  // Its values are those of the time before the stop
  assert.deepEqual([bench.link.isStarted, bench.link.isCurrent, bench.link.isLoaded], [true, false, true]);
  assert.equal(bench.link.lostSinceMs, undefined);
  bench.stream.send("change", { at, meters: [meterRow({ meter: "evse-2" })] });
  assert.ok(bench.link.isCurrent);
  assert.equal(bench.link.state.meters().length, 2);
});

Deno.test("if the server is gone when a stopped link starts, the values are as old as the stop", () => {
  const bench = startedBench();
  bench.pass(10);
  const stoppedMs = bench.nowMs;
  bench.link.stop();
  bench.nowMs += 60_000;
  bench.link.start();
  bench.stream.fail(0);
  assert.equal(bench.link.lostSinceMs, stoppedMs);
  bench.stream.send("beat", at);
  bench.stream.fail(0);
  assert.equal(bench.link.lostSinceMs, bench.nowMs);
});
