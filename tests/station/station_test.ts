import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { Station } from "../../src/station/mod.ts";
import { MemoryTransport } from "../contract/memory_transport.ts";
import { TempFolder } from "../journal/temp_folder.ts";
import { FakeHealth } from "../nats/setup.ts";
import { configText, load } from "../support/config_text.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine } from "../support/fake_time_line.ts";

/** A station whose only meter never answers. */
class SilentStation {
  readonly time = new FakeTime();
  readonly folder = new TempFolder();
  readonly station: Station;
  readonly transport: MemoryTransport;

  constructor() {
    const { time } = this;
    const parts = { journal: this.folder.live, time, log: silentLog };
    const { lines } = load(configText({ line: "initial_timeout_ms: 4000" }));
    this.station = new Station(lines, {
      ...parts,
      maySetClock: () => false,
      onJournalFailed: () => {},
      newLine: (settings) => new FakeTimeLine(() => {}, settings, time),
    });
    const spool = openSpool({ mode: "off", maxAgeHours: 1, maxMb: 1, folder: "" }, parts);
    this.transport = new MemoryTransport({
      ...parts,
      spool,
      identity: { instance: "a" },
      meters: this.station.served,
      lines: () => this.station.stats(),
      health: new FakeHealth(),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { station, time } = this;
    await time.run(station.closeTransactions().then(() => station.stopMeters()).then(() => station.closeLines()));
    this.folder[Symbol.dispose]();
  }
}

Deno.test("the first tries of silent meters are awaited for a limited time", async () => {
  await using silent = new SilentStation();
  const { station, time, transport } = silent;
  const stopping = new AbortController();
  await time.run(station.start(transport));
  const atMs = time.mono();
  await time.run(station.triedOnce(5_000, stopping.signal));
  assert.equal(time.mono() - atMs, 5_000);
  assert.deepEqual(station.silentMeters, ["evse-1"]);
  await time.run(station.triedOnce(600_000, stopping.signal));
  const triedMs = time.mono() - atMs;
  assert.ok(triedMs > 10_000 && triedMs < 100_000, `${triedMs} ms`);
});

Deno.test("waiting for silent meters ends with the service", async () => {
  await using silent = new SilentStation();
  const { station, time, transport } = silent;
  const stopping = new AbortController();
  await time.run(station.start(transport));
  const tried = station.triedOnce(5_000, stopping.signal);
  stopping.abort();
  await tried;
  assert.deepEqual(station.silentMeters, ["evse-1"]);
});

Deno.test("a meter that has not answered yet, and then its fault, is a problem", async () => {
  await using silent = new SilentStation();
  const { station, time, transport } = silent;
  assert.match(station.problems()[0]?.message ?? "", /^The line is closed/);
  await time.run(station.start(transport));
  assert.deepEqual(station.problems(), [
    { severity: "High", meter: "evse-1", message: "The meter has not answered yet" },
  ]);
  await time.run(station.triedOnce(600_000, new AbortController().signal));
  const [problem, ...more] = station.problems();
  assert.deepEqual([problem?.meter, problem?.fault, more], ["evse-1", "CommunicationError", []]);
  assert.match(problem?.message ?? "", /no answer within/);
});
