import { Hono } from "hono";
import { connect, headers, type NatsConnection, type StreamConfig } from "nats";
import type { LogFields } from "../../src/base/log.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime, type Time } from "../../src/base/time.ts";
import { type OcmfResult, ocmfResult } from "../../src/contract/mod.ts";
import { messageId } from "../../src/journal/message_id.ts";
import type { NewRecord, StoredRecord } from "../../src/journal/types.ts";
import { sessionRoutes } from "../../src/web/session_routes.ts";
import type { WebEnv } from "../../src/web/web_env.ts";
import { record } from "../cli/filled_journal.ts";
import { startNatsServer } from "../support/nats_server.ts";

/** A record as a node publishes it. */
export interface PublishedSample {
  readonly subject: string;
  readonly id: string;
  readonly payload: OcmfResult;
}

/** A record of a transaction. @param fields members of the record: `{ CI: "DE*TST*E2" }` */
export function sample(
  transactionId: string,
  { site = "berlin", verdict, fields = {}, ...changes }:
    & Partial<NewRecord>
    & {
      readonly site?: string;
      readonly verdict?: StoredRecord["verdict"];
      readonly fields?: Record<string, unknown>;
    } = {},
): PublishedSample {
  const stored: StoredRecord = {
    ...record(transactionId, changes, fields),
    seq: 1,
    messageId: "",
    verdict,
    startValue: undefined,
    startedAtMs: undefined,
    deliveredAtMs: undefined,
  };
  return {
    subject: `wattseal.${site}.${stored.meter}.ocmf`,
    id: messageId(stored.meterId, stored.ocmf, transactionId),
    payload: ocmfResult(stored, site),
  };
}

/** A warning of the log. */
export interface LogLine {
  readonly message: string;
  readonly fields: LogFields;
}

/** The routes of records over a real NATS server. */
export interface RecordSite extends AsyncDisposable {
  readonly nats: NatsConnection;
  readonly log: readonly LogLine[];
  /** Publishes samples, one after the other. @returns the number of the last one in the stream */
  publish(...samples: readonly PublishedSample[]): Promise<number>;
  /** Publishes bytes on a subject, with an id. */
  publishRaw(subject: string, data: string | Uint8Array, id?: string): Promise<number>;
  get(path: string): Promise<Response>;
  head(path: string): Promise<Response>;
  /** Asks for a path, and is gone before it reads the answer. */
  abandon(path: string): Promise<void>;
  post(path: string): Promise<Response>;
  // deno-lint-ignore no-explicit-any
  json(path: string): Promise<any>;
}

/**
 * @param stream settings of the stream of records; null: there is no stream
 * @param mono monotonic clock of the routes, in milliseconds. @default it stands still, so that a slow machine changes
 * nothing
 */
export async function openRecordSite(
  stream: Partial<StreamConfig> | null = { name: "WATTSEAL_OCMF", subjects: ["wattseal.*.*.ocmf"] },
  mono: () => number = () => 0,
): Promise<RecordSite> {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startNatsServer());
  const nats = await connect({ servers: server.address });
  parts.defer(() => nats.close());
  if (stream !== null) await (await nats.jetstreamManager()).streams.add(stream);
  const lines: LogLine[] = [];
  const log = { ...silentLog, warn: (message: string, fields: LogFields = {}) => void lines.push({ message, fields }) };
  const time: Time = {
    now: () => systemTime.now(),
    mono,
    sleep: (ms, signal) => systemTime.sleep(ms, signal),
  };
  const app = new Hono<WebEnv>();
  app.use(async (context, next) => {
    context.set("user", "anna");
    context.set("clientAddress", "10.1.2.3");
    await next();
  });
  app.route("/", sessionRoutes({ nats, prefix: "wattseal", domain: undefined, time, log }));
  const publishRaw = async (subject: string, data: string | Uint8Array, id?: string) => {
    const options = id === undefined ? {} : { headers: withId(id) };
    return (await nats.jetstream().publish(subject, data, options)).seq;
  };
  const owned = parts.move();
  return {
    nats,
    log: lines,
    publishRaw,
    publish: async (...samples) => {
      let seq = 0;
      for (const { subject, id, payload } of samples) seq = await publishRaw(subject, JSON.stringify(payload), id);
      return seq;
    },
    get: async (path) => await app.request(path),
    head: async (path) => await app.request(path, { method: "HEAD" }),
    abandon: async (path) => {
      const gone = Promise.withResolvers<void>();
      await app.request(path, {}, { completed: gone.promise });
      gone.reject(new Error("the client is gone"));
      await gone.promise.catch(() => {});
    },
    post: async (path) => await app.request(path, { method: "POST" }),
    json: async (path) => await (await app.request(path)).json(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function withId(id: string) {
  const named = headers();
  named.set("Nats-Msg-Id", id);
  return named;
}
