import assert from "node:assert/strict";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { systemTime } from "../../src/base/time.ts";
import type { MqttSettings } from "../../src/config/mod.ts";
import { MqttLink, MqttSetupError } from "../../src/everest/mod.ts";
import { Logged } from "../nats/logged.ts";
import { type TlsFiles, writeTlsFiles } from "../nats/tls_files.ts";
import { Mosquitto, mosquittoTest, passwordLine } from "../support/mosquitto.ts";
import { endpointOf } from "../support/own_address.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

const statusTopic = "wattseal/everest/test";

/** The settings of a link, and its log and clock. */
function newLink(address: string, more: Partial<MqttSettings> = {}) {
  const { hostname: host, port } = endpointOf(address);
  const clock = { ms: 0 };
  const log = new Logged();
  const time = { now: () => systemTime.now(), mono: () => clock.ms, sleep: systemTime.sleep.bind(systemTime) };
  const link = new MqttLink({ host, port, clientId: "test", statusTopic, ...more }, { log, time });
  const connections: (() => void)[] = [];
  let count = 0;
  /** Connects. */
  const start = (topics: ReadonlyMap<string, 0 | 1 | 2> = new Map([["in", 2]])) =>
    link.start({
      topics,
      onConnected: () => {
        count++;
        for (const wake of connections.splice(0)) wake();
      },
      onMessage: () => {},
    });
  /** Resolves at the connection with this number. */
  const connected = async (number: number) => {
    while (count < number) await new Promise<void>((resolve) => connections.push(resolve));
  };
  return { link, log, clock, start, connected };
}

/** Another client of the broker, and what it has received on all topics. */
class Watcher implements AsyncDisposable {
  readonly received: string[] = [];
  #waiting: (() => void)[] = [];

  private constructor(readonly client: MqttClient) {
    client.on("message", (topic, payload, { retain }) => {
      this.received.push(`${topic} ${payload}${retain ? " retained" : ""}`);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async connect(address: string, options: object = {}): Promise<Watcher> {
    const { hostname: host, port } = endpointOf(address);
    const watcher = new Watcher(await connectAsync({ protocol: "mqtt", host, port, ...options }));
    await watcher.client.subscribeAsync("#");
    return watcher;
  }

  /** Resolves when this many messages were received. */
  async has(count: number): Promise<string[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.endAsync(true);
  }
}

mosquittoTest("the link uses a user, TLS and a last will, which the broker publishes after a crash", async (binary) => {
  const tls: { files?: TlsFiles } = {};
  await using broker = await Mosquitto.start(binary, async (folder) => {
    const { caFile, certFile, keyFile } = tls.files = await writeTlsFiles(folder);
    await Deno.writeTextFile(join(folder, "users"), passwordLine("wattseal", "secret"), { mode: 0o600 });
    return [
      "allow_anonymous false",
      `password_file ${join(folder, "users")}`,
      `cafile ${caFile}`,
      `certfile ${certFile}`,
      `keyfile ${keyFile}`,
      "require_certificate true",
    ].join("\n");
  });
  const files = tls.files ?? assert.fail();
  // The certificate is valid for the address of the proxies
  await using proxy = new TcpProxy(broker.address);
  await using other = new TcpProxy(broker.address);
  const user = { user: "wattseal", password: "secret" };
  const { link, start, connected } = newLink(proxy.address, { ...user, tls: files });
  start();
  await connected(1);
  await using watcher = await Watcher.connect(other.address, {
    protocol: "mqtts",
    username: user.user,
    password: user.password,
    ca: await Deno.readTextFile(files.caFile),
    cert: await Deno.readTextFile(files.certFile),
    key: await Deno.readTextFile(files.keyFile),
  });
  assert.deepEqual(await watcher.has(1), [`${statusTopic} online retained`]);
  proxy.refuse();
  assert.equal((await watcher.has(2))[1], `${statusTopic} offline`);
  proxy.cut();
  assert.equal((await watcher.has(3))[2], `${statusTopic} online`);
  await link.close();
  assert.equal((await watcher.has(4))[3], `${statusTopic} offline`);

  const wrong = newLink(proxy.address, { ...user, password: "guess", tls: files });
  wrong.start();
  await wrong.log.seen(/MQTT broker is not connected; retrying.*(Not authorized|Bad User Name).*check mqtt\.user/);
  await wrong.link.close();
  const untrusted = newLink(proxy.address, { ...user, tls: {} });
  untrusted.start();
  await untrusted.log.seen(/MQTT broker is not connected; retrying.*certificate/i);
  await untrusted.link.close();
});

mosquittoTest("after a reconnection nothing is sent but replies that have time left", async (binary) => {
  await using broker = await Mosquitto.start(binary);
  await using proxy = new TcpProxy(broker.address);
  await using watcher = await Watcher.connect(broker.address);
  const { link, log, clock, start, connected } = newLink(proxy.address);
  start();
  await connected(1);
  await watcher.has(1);
  // One message of each kind has left the process, but does not arrive
  const swallowed = proxy.goDeaf("lost");
  link.send("reading", "lost");
  link.sendUntil("late", "lost", 35_000);
  link.sendUntil("in-time", "lost", 50_000);
  await swallowed;
  proxy.refuse();
  await log.seen(/MQTT broker is not connected; retrying/);
  link.send("reading", "away");
  link.sendUntil("late", "away", 39_999);
  link.sendUntil("in-time", "away", 40_001);
  clock.ms = 40_000;
  proxy.cut();
  await connected(2);
  link.send("reading", "again");
  const expected = [
    `${statusTopic} online`,
    `${statusTopic} offline`,
    `${statusTopic} online`,
    'in-time "lost"',
    'in-time "away"',
    'reading "again"',
  ];
  assert.deepEqual(await watcher.has(6), expected);
  assert.equal(log.count(/A reply is not sent, because EVerest does not wait for it any more.*late/), 2);
  await link.close();
  assert.deepEqual((await watcher.has(7)).slice(6), [`${statusTopic} offline`]);
});

mosquittoTest("the log names what the broker does not permit", async (binary) => {
  await using broker = await Mosquitto.start(binary, async (folder) => {
    await Deno.writeTextFile(join(folder, "topics"), `topic readwrite wattseal/#\ntopic readwrite in\n`, {
      mode: 0o600,
    });
    return `allow_anonymous true\nacl_file ${join(folder, "topics")}`;
  });
  const { link, log, start, connected } = newLink(broker.address);
  start();
  await connected(1);
  link.sendUntil("forbidden", "text", 1000);
  await log.seen(/MQTT broker refuses a message; check the permissions of the user.*Not authorized/);
  // Each reply has its own topic
  const refused = /MQTT broker refuses a message.*reply\//;
  for (let count = 0; count < 20; count++) link.sendUntil(`reply/${count}`, "text", 1000);
  while (log.count(refused) < 20) await log.next(refused);
  assert.ok(log.count(/warn The MQTT broker refuses a message/) <= 6);
  await link.close();
});

mosquittoTest("a second process with the same client id is reported", async (binary) => {
  await using broker = await Mosquitto.start(binary);
  const one = newLink(broker.address);
  one.start();
  await one.connected(1);
  const two = newLink(broker.address);
  two.start();
  await one.log.seen(/another process (connects as|has connected with the client id) test.*mqtt\.client_id/);
  await Promise.all([one.link.close(), two.link.close()]);
});

Deno.test("a file for TLS that cannot be used is an error that names it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const nonsense = join(folder, "nonsense.pem");
    await Deno.writeTextFile(nonsense, "nonsense");
    const missing = join(folder, "missing.pem");
    const start = (tls: MqttSettings["tls"]) => () => newLink("127.0.0.1:1", { ...(tls && { tls }) }).start();
    const names = (path: string) => (error: unknown) => error instanceof MqttSetupError && error.message.includes(path);
    assert.throws(start({ caFile: missing }), names(missing));
    assert.throws(start({ certFile: nonsense, keyFile: nonsense }), names(nonsense));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
