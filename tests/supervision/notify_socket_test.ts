import assert from "node:assert/strict";
import { openNotifySocket, watchdogMs } from "../../src/supervision/mod.ts";
import { DatagramReceiver } from "../support/datagram_receiver.ts";

Deno.test("openNotifySocket() sends to a path and to an abstract name", async () => {
  using path = DatagramReceiver.atNewPath();
  using name = new DatagramReceiver(`@wattseal-test-${Deno.pid}`);
  for (const receiver of [path, name]) {
    using socket = openNotifySocket(receiver.address);
    assert.ok(socket.send("READY=1\nSTATUS=3 meters"));
    assert.deepEqual(await receiver.next(), ["READY=1", "STATUS=3 meters"]);
  }
});

Deno.test("a datagram that the service manager does not accept neither waits nor throws", () => {
  using receiver = DatagramReceiver.atNewPath();
  using socket = openNotifySocket(receiver.address);
  let accepted = 0;
  while (socket.send("WATCHDOG=1")) accepted++;
  assert.ok(accepted > 0, "the queue accepts some");
  using nobody = openNotifySocket("/nonexistent/notify");
  assert.equal(nobody.send("READY=1"), false);
});

Deno.test("openNotifySocket() refuses an address of another kind", () => {
  for (const address of ["vsock:2:1234", "notify", "@", `/${"n".repeat(107)}`, `@${"n".repeat(108)}`]) {
    assert.throws(() => openNotifySocket(address), {
      name: "TypeError",
      message: /NOTIFY_SOCKET=.* at most 107 bytes/,
    });
  }
});

Deno.test("watchdogMs() is the interval that systemd sets for this process", () => {
  const interval = (env: Record<string, string>) => watchdogMs((name) => env[name], 42);
  assert.equal(interval({ WATCHDOG_USEC: "15000000" }), 15_000);
  assert.equal(interval({ WATCHDOG_USEC: "15000000", WATCHDOG_PID: "42" }), 15_000);
  assert.equal(interval({ WATCHDOG_USEC: "15000000", WATCHDOG_PID: "43" }), undefined);
  for (const wrong of ["0", "-1", "x", ""]) assert.equal(interval({ WATCHDOG_USEC: wrong }), undefined);
  assert.equal(interval({}), undefined);
});
