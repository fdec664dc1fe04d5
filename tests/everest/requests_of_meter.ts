import { silentLog } from "../../src/base/log.ts";
import { WattsealClient } from "../../src/client/mod.ts";
import { MeterRequests } from "../../src/everest/meter_requests.ts";
import { MeterTopics } from "../../src/everest/meter_topics.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ScriptedNode } from "./scripted_node.ts";
import { SentMessages } from "./sent_messages.ts";

/** Begin of the topics of the module. */
export const base = "everest_api/1/powermeter/meter_1";
/** A record in a reply. */
export const record = {
  signed_meter_data: 'OCMF|{"FV":"1.0"}|{"SD":"3045"}',
  signing_method: "",
  encoding_method: "OCMF",
  public_key: "04AB12",
};
/** A start value in a reply. */
export const startValue = {
  ...record,
  signed_meter_data: "{}",
  encoding_method: "plain",
  timestamp: "2026-01-31T08:00:00.000Z",
};

/** What a test of requests uses. */
export interface RequestsOfMeter {
  readonly time: FakeTime;
  readonly node: ScriptedNode;
  readonly sent: SentMessages;
  readonly closing: AbortController;
  readonly requests: MeterRequests;
  /** Sends a request with a payload, as EVerest does. @returns the end of the topic of its reply */
  send(verb: "start" | "stop", payload: unknown): string;
  /** The reply, when it is there. */
  reply(end: string): Promise<{ readonly status: string; readonly error?: string }>;
}

/** The requests of one meter, with a node that follows a script and faked time. */
export function requestsOfMeter(topicPrefix = ""): RequestsOfMeter {
  const time = new FakeTime();
  const node = new ScriptedNode(time);
  const sent = new SentMessages();
  const closing = new AbortController();
  const topics = new MeterTopics({ topicPrefix, moduleId: "meter_1" });
  const meter = new WattsealClient(node, { time }).meter("test", "evse-1");
  const requests = new MeterRequests({ meter, topics, sender: sent, log: silentLog, time, closing: closing.signal });
  let count = 0;
  const send = (verb: "start" | "stop", payload: unknown): string => {
    const end = `reply/${++count}`;
    requests[verb](bytes(JSON.stringify({ headers: { replyTo: `${base}/m2e/${end}` }, payload })));
    return end;
  };
  const reply = async (end: string) => {
    await time.advanceUntil(() => sent.on(end).length > 0, 60_000, 100);
    return sent.on(end)[0] as { status: string; error?: string };
  };
  return { time, node, sent, closing, requests, send, reply };
}

/** A text as a message. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
