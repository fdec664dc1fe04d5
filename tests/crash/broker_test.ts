import assert from "node:assert/strict";
import { systemTime, type Time } from "../../src/base/time.ts";
import { registers } from "../../src/meter/mod.ts";
import { ask } from "../support/site.ts";
import { CrashSite } from "./crash_site.ts";
import { pause } from "../support/pause.ts";
import { startBody } from "./start_body.ts";
import { WatchedMeter } from "./watched_meter.ts";

const unit = 1;
const id = "tx-1";

Deno.test("Service delivers a record that was stored while the broker was not reachable", async () => {
  await using site = await openRunning();
  await site.site.server.stop("SIGKILL");
  await losePower(site);
  await site.site.server.restart();
  await assertDelivered(site, "power_loss");
});

Deno.test("Service delivers a record to a broker without its data, even if it is killed before", async () => {
  await using site = await openRunning();
  await site.site.server.stop("SIGKILL");
  await site.site.server.wipeStore();
  await losePower(site);
  await site.restart();
  await site.site.server.restart();
  await site.service.ready;
  await assertDelivered(site, "power_loss");
});

Deno.test("Service ends a transaction whose stop had begun when the broker was killed", async () => {
  const meterClock = new MeterClock();
  await using site = await openRunning(meterClock);
  const ended = site.site.line.requests.next(({ kind, address }) =>
    kind === "write" && address === registers.transaction.command.at
  );
  meterClock.hold();
  const first = ask(site.client, unit, "transaction.stop", { transaction_id: id }).catch(() => undefined);
  await ended;
  await site.site.server.stop("SIGKILL");
  meterClock.release();
  await until(() => site.look((journal) => journal.undelivered()) === 1);
  await site.site.server.restart();
  await assertDelivered(site, "stopped");
  const again = await ask(site.client, unit, "transaction.stop", { transaction_id: id });
  const record = site.meters[0]?.sealed[0];
  assert.equal(again.signed_meter_value?.signed_meter_data, record);
  await site.client.close();
  // On a busy machine the service may answer only when the broker is back
  assert.ok([undefined, record].includes((await first)?.signed_meter_value?.signed_meter_data));
});

/** A site with one running transaction. */
async function openRunning(time: Time = systemTime): Promise<CrashSite> {
  await using parts = new AsyncDisposableStack();
  const meterKeys = "initial_connection_retry_delay_ms: 100, live_measurement_interval_ms: 500";
  const site = parts.use(
    await CrashSite.open({ meters: [new WatchedMeter({ unit, closingMs: 200 }, { time })], meterKeys }),
  );
  await site.service.ready;
  const start = await ask(site.client, unit, "transaction.start", startBody(id));
  assert.equal(start.status, "OK", String(start.error));
  parts.move();
  return site;
}

/** Lets the meter close its transaction, and waits until the record is in the journal. */
async function losePower(site: CrashSite): Promise<void> {
  site.meters[0]?.powerCycle();
  await until(() => site.look((journal) => journal.undelivered()) === 1);
}

async function assertDelivered(site: CrashSite, reason: string): Promise<void> {
  await site.delivered();
  const [record, ...others] = await site.streamed();
  assert.deepEqual(others, []);
  assert.deepEqual([record?.transactionId, record?.reason], [id, reason]);
  assert.equal(record?.ocmf, site.meters[0]?.sealed[0]);
  assert.equal(record?.verification.signature, "valid");
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await pause(20);
}

/** The time of a meter; while it is stopped, the meter does not finish closing a transaction. */
class MeterClock implements Time {
  #heldMs: number | undefined;

  hold(): void {
    this.#heldMs = systemTime.mono();
  }

  release(): void {
    this.#heldMs = undefined;
  }

  now(): number {
    return systemTime.now();
  }

  mono(): number {
    return this.#heldMs ?? systemTime.mono();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemTime.sleep(ms, signal);
  }
}
