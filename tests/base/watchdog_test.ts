import assert from "node:assert/strict";
import { Watchdog } from "../../src/base/watchdog.ts";
import { FakeTime } from "../support/fake_time.ts";

/** A clock that records when its sleeps end. */
class RecordedTime extends FakeTime {
  readonly ends = new Set<number>();

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await super.sleep(ms, signal);
    this.ends.add(this.mono());
  }
}

Deno.test("Watchdog calls once, exactly when its last deadline has passed", async () => {
  const time = new RecordedTime();
  const calls: number[] = [];
  const watchdog = new Watchdog(time, () => calls.push(time.mono()));
  watchdog.set(307.5);
  await time.advance(100);
  watchdog.set(412.25);
  await time.advance(1_000);
  assert.deepEqual(calls, [412.25]);
  watchdog.set(1_103);
  await time.advance(1_000);
  assert.deepEqual(calls, [412.25, 1_103]);
});

Deno.test("Watchdogs whose deadlines were removed wake the process together", async () => {
  const time = new RecordedTime();
  const watchdogs = Array.from({ length: 64 }, () => new Watchdog(time, () => assert.fail("no deadline has passed")));
  for (const [index, watchdog] of watchdogs.entries()) watchdog.set(300 + index / 8);
  await time.advance(100);
  for (const watchdog of watchdogs) watchdog.clear();
  await time.advance(1_000);
  assert.deepEqual([...time.ends], [300]);
});
