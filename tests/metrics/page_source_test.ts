import assert from "node:assert/strict";
import { PageSource } from "../../src/metrics/page_source.ts";
import { Logged } from "../nats/logged.ts";
import { FakeTime } from "../support/fake_time.ts";
import { figuresOf } from "./figures.ts";

Deno.test("values that cannot be read are logged once, and the page comes back with them", async () => {
  const [log, time] = [new Logged(), new FakeTime()];
  let isBroken = true;
  const source = new PageSource(() => {
    if (isBroken) throw new Error("the disk is gone");
    return figuresOf();
  }, { log, time });
  assert.deepEqual([await source.text(), await source.text()], [undefined, undefined]);
  isBroken = false;
  assert.match(await source.text() ?? "", /^# HELP wattseal_build_info /);
  source.close();
  assert.deepEqual(log.lines.filter(({ level }) => level !== "debug").map(({ text }) => text), [
    'error Cannot read the values of the metrics {"reason":"the disk is gone"}',
    'info The values of the metrics can be read again {"failed_times":2}',
  ]);
});

Deno.test("the page shows how late the event loop is, and nothing before it is measured", async () => {
  const time = new FakeTime();
  const source = new PageSource(() => figuresOf(), { log: new Logged(), time });
  const delays = async () => (await source.text())?.match(/^wattseal_event_loop_delay_seconds\{.*$/gm) ?? [];
  assert.deepEqual(await delays(), []);
  await time.advance(2_000);
  assert.deepEqual(await delays(), [
    'wattseal_event_loop_delay_seconds{quantile="0.5"} 0',
    'wattseal_event_loop_delay_seconds{quantile="0.99"} 0',
  ]);
  source.close();
});
