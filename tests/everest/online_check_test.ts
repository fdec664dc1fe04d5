import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { RefusedError, TimedOutError } from "../../src/client/mod.ts";
import type { PublicKeyPayload, StatusPayload } from "../../src/contract/mod.ts";
import { MeterTopics } from "../../src/everest/meter_topics.ts";
import { OnlineCheck } from "../../src/everest/online_check.ts";
import { FakeTime } from "../support/fake_time.ts";
import { SentMessages } from "./sent_messages.ts";

/** A meter whose state a test sets. */
class FakeMeter {
  state: StatusPayload["state"] | "unreachable" = "online";
  since = "2026-01-31T08:00:00.000Z";
  key: string | undefined = "04AB12";
  keyRequests = 0;

  status(): Promise<StatusPayload> {
    if (this.state === "unreachable") return Promise.reject(new TimedOutError("no reply within 1.5 s"));
    const { state, since } = this;
    return Promise.resolve({ state, meter_id: "BY1.2024", since, timestamp: since, transaction: { state: "idle" } });
  }

  publicKey(): Promise<PublicKeyPayload> {
    this.keyRequests++;
    const reply = { status: "NOT_SUPPORTED", code: "NOT_SUPPORTED", error: "the meter has no key" } as const;
    if (this.key === undefined) return Promise.reject(new RefusedError("the meter has no key", reply));
    return Promise.resolve({
      meter_id: "BY1.2024",
      public_key: this.key,
      public_key_format: "binary",
      signing_method: "ECDSA-brainpoolP256r1-SHA256",
      timestamp: this.since,
    });
  }
}

function setUp() {
  const time = new FakeTime();
  const meter = new FakeMeter();
  const sent = new SentMessages();
  const topics = new MeterTopics({ topicPrefix: "", moduleId: "meter_1" });
  const check = new OnlineCheck(meter, topics, sent, { log: silentLog, time });
  return { time, meter, sent, check, signal: new AbortController().signal };
}

Deno.test("the communication check is true while the meter is online, often enough, and nothing else", async () => {
  const { time, meter, sent, check } = setUp();
  const stop = new AbortController();
  const running = check.run(stop.signal);
  await time.advance(5000);
  assert.deepEqual(sent.on("communication_check"), [true, true, true]);
  for (const state of ["connecting", "offline", "stopped", "unreachable"] as const) {
    meter.state = state;
    await time.advance(5000);
  }
  assert.equal(sent.on("communication_check").length, 3);
  meter.state = "online";
  await time.advance(5000);
  assert.ok(sent.on("communication_check").length >= 6);
  stop.abort();
  await running;
});

Deno.test("the key is sent when the meter is online for the first time, and when it changes", async () => {
  const { meter, sent, check, signal } = setUp();
  meter.state = "offline";
  await check.check(signal);
  assert.deepEqual(sent.on("public_key_ocmf"), []);
  meter.state = "online";
  for (let count = 0; count < 3; count++) await check.check(signal);
  assert.deepEqual([sent.on("public_key_ocmf"), meter.keyRequests], [["04AB12"], 1]);
  // The meter was replaced
  meter.since = "2026-01-31T09:00:00.000Z";
  meter.key = "04CD34";
  await check.check(signal);
  assert.deepEqual(sent.on("public_key_ocmf"), ["04AB12", "04CD34"]);
});

Deno.test("the key is sent again when EVerest has restarted, also while the meter is offline", async () => {
  const { meter, sent, check, signal } = setUp();
  check.sendKey();
  assert.deepEqual(sent.on("public_key_ocmf"), [], "not known yet");
  await check.check(signal);
  meter.state = "offline";
  check.sendKey();
  assert.deepEqual(sent.on("public_key_ocmf"), ["04AB12", "04AB12"]);
  meter.state = "online";
  meter.key = "04CD34";
  await check.check(signal);
  assert.deepEqual(sent.on("public_key_ocmf"), ["04AB12", "04AB12", "04CD34"], "it is read again, too");
});

Deno.test("a meter without a key gets its communication check, and is asked once for its key", async () => {
  const { meter, sent, check, signal } = setUp();
  meter.key = undefined;
  for (let count = 0; count < 3; count++) await check.check(signal);
  assert.deepEqual([sent.on("communication_check").length, meter.keyRequests], [3, 1]);
  assert.deepEqual(sent.on("public_key_ocmf"), []);
});
