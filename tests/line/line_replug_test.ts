import assert from "node:assert/strict";
import { type ByteStream, PortError } from "../../bridge/mod.ts";
import { LineLoop } from "../../src/line/line_loop.ts";
import { lateAnswersOf, sessionOver } from "../../src/line/line_session.ts";
import { Line, type LineChange, LineError } from "../../src/line/mod.ts";
import { ModbusClient } from "../../src/line/modbus_client.ts";
import { DeviceLink } from "../support/device_link.ts";
import { FakeTime } from "../support/fake_time.ts";
import { onFakeTimeLine } from "../support/fake_time_line.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const live = { priority: "live" } as const;
const request = [1, 0x0b, 1, live] as const;
const answer = "0104020144b893";

async function next(changes: AsyncIterator<LineChange>): Promise<LineChange> {
  const { done, value } = await changes.next();
  if (done) assert.fail("The changes ended");
  return value;
}

Deno.test("Line closes on a hang-up, reports the reason, and reopens when the device returns", async () => {
  await using link = await DeviceLink.make();
  const first = new ScriptedLine(() => answer);
  await link.plug(first);
  const line = new Line({ ...first.options(), endpoint: { kind: "serial", path: link.path }, reopenDelayMs: 20 });
  const changes = line.changes[Symbol.asyncIterator]();
  assert.equal(await line.start(), undefined);
  assert.equal((await next(changes)).state, "open");
  assert.equal((await line.read(...request)).toHex(), "0144");

  await link.unplug(first);
  const closed = await next(changes);
  assert.equal(closed.state, "closed");
  assert.equal(closed.error?.code, "gone");
  assert.equal(line.state, "closed");
  await assert.rejects(line.read(...request), isClosed);

  await using second = new ScriptedLine(() => answer);
  await link.plug(second);
  assert.equal((await next(changes)).state, "open");
  assert.equal((await line.read(...request)).toHex(), "0144");
  await line.close();
  const last = await next(changes);
  assert.equal(last.state, "closed");
  assert.equal(last.error, undefined);
  assert.equal((await changes.next()).done, true);
});

Deno.test("Line rejects the current and waiting exchanges when the device is lost", () => {
  let unplug = () => {};
  return onFakeTimeLine(() => unplug(), async (line) => {
    unplug = () => line.far.unplug();
    const options = { ...live, attempts: 3, delayMs: 10_000 };
    const outcomes = await Promise.allSettled([line.read(1, 0x0b, 1, options), line.read(2, 0x0b, 1, options)]);
    assert.ok(line.time.mono() < 5000);
    for (const outcome of outcomes) {
      assert.ok(outcome.status === "rejected");
      assert.ok(isClosed(outcome.reason), String(outcome.reason));
      assert.ok(outcome.reason.cause instanceof PortError && outcome.reason.cause.code === "gone");
      assert.match(
        outcome.reason.message,
        /^reading 1 word at 000Bh from unit [12] on line rs485-1: the line is closed: .*gone/,
      );
    }
  }, { initialTimeoutMs: 5000 });
});

Deno.test("Line.start() resolves with the reason why the device did not open, and retries", async () => {
  await using link = await DeviceLink.make();
  await using far = new ScriptedLine(() => answer);
  const line = new Line({ ...far.options(), endpoint: { kind: "serial", path: link.path }, reopenDelayMs: 20 });
  const changes = line.changes[Symbol.asyncIterator]();
  const error = await line.start();
  assert.equal(error?.code, "not_found");
  await assert.rejects(line.read(...request), (reason: LineError) => isClosed(reason) && reason.cause === error);

  await link.plug(far);
  assert.equal((await next(changes)).state, "open");
  assert.equal((await line.read(...request)).toHex(), "0144");
  await line.close();
});

Deno.test("Line.close() resolves for a line that was never started, or never opened", async () => {
  await using far = new ScriptedLine(() => answer);
  await new Line(far.options()).close();
  const line = new Line(far.options({ endpoint: { kind: "serial", path: "/dev/ttyUSB987" } }));
  assert.ok(await line.start() instanceof PortError);
  await line.close();
});

function isClosed(error: unknown): error is LineError {
  return error instanceof LineError && error.code === "closed";
}

Deno.test("LineLoop detects a device that was lost before the loop began", async () => {
  const gone = new PortError("gone", "The device is gone");
  const stream: ByteStream = {
    sawArrival: false,
    read: () => Promise.reject(gone),
    write: () => Promise.reject(gone),
    discardInput: () => {},
    discardOutput: () => {},
    expectBytes: () => {},
    idle: () => {},
    sleep: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const time = new FakeTime();
  await using far = new ScriptedLine(() => "");
  const options = far.options();
  const loop = new LineLoop(options, time);
  const session = sessionOver(stream, (port) => new ModbusClient(port), options, time, lateAnswersOf(options));
  const closed = Promise.withResolvers<unknown>();
  session.port.once("close", closed.resolve);
  await closed.promise;
  const ended = loop.run(session);
  assert.deepEqual([loop.open, loop.connection], [false, 0]);
  assert.equal(await ended, gone);
});
