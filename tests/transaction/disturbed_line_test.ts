import assert from "node:assert/strict";
import { parseRequest, wireTimeMs } from "../../bridge/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { LocalJournal, openJournal } from "../../src/journal/mod.ts";
import { Meter } from "../../src/meter/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { TransactionDesk } from "../../src/transaction/mod.ts";
import { defaults } from "../meter/rig.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine } from "../support/fake_time_line.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { startRequest } from "./world.ts";

/** The time on the wire is no whole number of milliseconds; a wall clock's is. */
class WholeTime extends FakeTime {
  override now(): number {
    return Math.floor(super.now());
  }
}

const wire = { baudrate: 115_200, parity: "none", stopBits: 1 } as const;

Deno.test("TransactionDesk.stop right after three damaged answers ends the transaction, and readings go on soon", async () => {
  const time = new WholeTime();
  const simulated = new SimulatedMeter({ unit: 1 }, { time });
  let isDisturbed = false;
  const line = new FakeTimeLine(
    async (hex, _send, _nth, sleep) => {
      const parsed = parseRequest(Uint8Array.fromHex(hex));
      assert.ok(parsed.kind === "request");
      const answer = simulated.respond(parsed.request);
      if (answer === undefined) return;
      await sleep(wireTimeMs(wire, parsed.request.length + answer.length) + 2);
      return (isDisturbed ? answer.map((byte, at) => at === 3 ? byte ^ 0x10 : byte) : answer).toHex();
    },
    { ...wire, initialTimeoutMs: 500 },
    time,
  );
  const folder = ramFolder();
  const journal = new LocalJournal(openJournal(folder, { now: () => time.now() }));
  const meter = new Meter(defaults, line, { time, log: silentLog });
  const desk = new TransactionDesk({ meter, journal, publicKeyFormat: "binary", time, log: silentLog });
  let readings = 0;
  const followed = (async () => {
    for await (const event of meter.events) {
      if (event.kind === "reading") readings++;
      if (event.kind === "identified") void desk.recover();
    }
  })();
  meter.start();
  await time.advanceUntil(() => meter.state === "online");
  assert.equal((await time.run(desk.start(startRequest("tx-1")))).status, "OK");

  isDisturbed = true;
  await time.advanceUntil(() => meter.state === "offline");
  isDisturbed = false;
  const before = readings;
  const offlineAtMs = time.mono();
  const answer = await time.run(desk.stop({ transaction_id: "tx-1" }));
  assert.equal(answer.status, "OK");
  assert.deepEqual(
    journal.records().map(({ transactionId, reason, verdict }) => [transactionId, reason, verdict?.session]),
    [
      ["tx-1", "stopped", "ok"],
    ],
  );
  await time.advanceUntil(() => readings > before);
  assert.ok(time.mono() - offlineAtMs < 3000, `the next reading came after ${time.mono() - offlineAtMs} ms`);

  await time.run(desk.close());
  await time.run(meter.stop());
  await followed;
  await time.run(line.close());
  journal.close();
  Deno.removeSync(folder, { recursive: true });
});
