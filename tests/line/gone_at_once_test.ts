import assert from "node:assert/strict";
import type { ByteStream } from "../../bridge/byte_stream.ts";
import { lateAnswersOf, sessionOver } from "../../src/line/line_session.ts";
import { ModbusClient } from "../../src/line/modbus_client.ts";
import { LineLoop } from "../../src/line/line_loop.ts";
import { PortError } from "../../bridge/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

Deno.test("LineLoop does not take a device for open that went away before the loop began", async () => {
  await using far = new ScriptedLine(() => "");
  const gone = new PortError("gone", "The device is gone");
  const stream: ByteStream = {
    read: () => Promise.reject(gone),
    write: () => Promise.reject(gone),
    discardInput: () => {},
    discardOutput: () => {},
    doze: () => {},
    idle: () => {},
    rest: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const time = new FakeTime();
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
