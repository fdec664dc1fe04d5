import { type NatsConnection, RequestStrategy } from "nats";
import { systemTime } from "../../src/base/time.ts";
import type { MeterState } from "../../src/meter/mod.ts";
import type { NatsNode } from "../../src/nats/mod.ts";
import type { FakeTime } from "../support/fake_time.ts";
import type { NatsServer } from "../support/nats_server.ts";
import { FakeServedMeter } from "./fakes.ts";
import { FakeHealth, newClient, newNode, type NodeSetup } from "./setup.ts";

/** A process in a test; it is closed at the end of the test. */
export interface Twin extends AsyncDisposable {
  readonly node: NatsNode;
  readonly health: FakeHealth;
  /** Resolves when it is connected and has decided whether it serves. */
  start(): Promise<void>;
}

/** A process that differs from its twins in the state of its meters. */
export function newTwin({ state = "online", meters = ["evse-1"], ...setup }: Omit<NodeSetup, "meters" | "health"> & {
  readonly state?: MeterState;
  readonly meters?: readonly string[];
}): Twin {
  const served = meters.map((name) => new FakeServedMeter(name));
  for (const { meter } of served) meter.state = state;
  const health = new FakeHealth();
  const node = newNode({ ...setup, meters: served, health });
  const start = (): Promise<void> => {
    node.start();
    return node.connected;
  };
  return { node, health, start, [Symbol.asyncDispose]: () => node.close() };
}

/** The states in the answers to many requests: which processes serve the meter. */
export async function answering(client: NatsConnection, meter = "evse-1"): Promise<string[]> {
  const states = new Set<string>();
  for (let count = 0; count < 30; count++) {
    const answer = await client.request(`wattseal.berlin-01.${meter}.status.get`);
    states.add(String(answer.json<Record<string, unknown>>()["state"]));
  }
  return [...states].sort();
}

/** Resolves when a process serves the meter. */
export async function served(client: NatsConnection): Promise<void> {
  while (!(await client.request("wattseal.berlin-01.evse-1.status.get").then(() => true, () => false)));
}

/** Ids of two processes. */
export const instances = { first: { instance: "first" }, second: { instance: "second" } };

/**
 * The processes that serve meters, from `count` answers of the micro service. A process may report that it serves
 * before its server has its subscriptions, so the request is repeated.
 */
export async function servingInstances(client: NatsConnection, count = 1): Promise<string[]> {
  const options = { strategy: RequestStrategy.Count, maxMessages: count, maxWait: 2_000 };
  let names: string[] = [];
  for (let attempt = 0; attempt < 15 && names.length < count; attempt++) {
    const services = await Array.fromAsync(await client.services.client(options).ping("wattseal"));
    names = services.map(({ metadata }) => metadata?.["instance"] ?? "").sort();
  }
  return names;
}

/** Passes the pauses between questions until `work` has ended; the answers need real time. */
export async function passRounds(time: FakeTime, work: Promise<void>): Promise<void> {
  let isDone = false;
  work.then(() => isDone = true);
  while (!isDone) {
    await time.advance(1_000);
    await systemTime.sleep(50);
  }
}

/** Answers for a meter like a release without twins. */
export async function serveAsEarlierRelease(server: NatsServer): Promise<NatsConnection & AsyncDisposable> {
  const connection = await newClient(server.address);
  const status = {
    state: "offline",
    transaction: { state: "idle" },
    since: "2026-01-31T08:00:00.000Z",
    timestamp: "2026-01-31T08:00:00.000Z",
  };
  connection.subscribe("wattseal.berlin-01.evse-1.status.get", {
    queue: "q",
    callback: (_error, message) => void message.respond(JSON.stringify(status)),
  });
  await connection.flush();
  return connection;
}
