import type { Reading } from "../meter/mod.ts";
import { TransactionError } from "../transaction/mod.ts";
import type { ServedMeter } from "./served_meter.ts";
import { powermeter, publicKeyOf, publicKeyPayload } from "./payloads.ts";
import type { SchemaName, StatusPayload } from "./schemas.ts";

/** One thing that can be asked of a meter. */
export interface Endpoint {
  /** Last part of the subject; the endpoint's name is the same with `_` for the dot. */
  readonly suffix: string;
  /** Absent: the payload of a request does not matter. */
  readonly request?: SchemaName;
  readonly response: SchemaName;
  /** What it does, for messages: `read`. */
  readonly verb: string;
  /**
   * Answers; throws what `errorAnswer` translates.
   *
   * @param body the request's JSON object
   * @param untilMs monotonic time in milliseconds until which the request may wait before anything of it is begun
   */
  answer(served: ServedMeter, body: object, untilMs: number): Promise<object> | object;
  /** Whether a request is taken although too many wait. @default none is */
  isNeverRefused?(served: ServedMeter, body: object): boolean;
}

/** What the endpoints need besides the meters. */
export interface EndpointTools {
  /** Wall clock in milliseconds. */
  now(): number;
  /** The present status of a meter. */
  status(served: ServedMeter): StatusPayload;
  /** A reading of a meter on request. */
  read(served: ServedMeter, untilMs: number): Promise<Reading>;
}

/** All endpoints of a meter. */
export function endpoints({ now, status, read }: EndpointTools): readonly Endpoint[] {
  return [
    {
      suffix: "reading.get",
      response: "Powermeter",
      verb: "read",
      answer: async (served, _body, untilMs) => {
        const reading = await read(served, untilMs);
        return powermeter(reading, { publicKey: publicKeyOf(served.meter.identity, served.publicKeyFormat) });
      },
    },
    {
      suffix: "public_key.get",
      response: "PublicKey",
      verb: "give the public key of",
      answer: (served) => publicKeyPayload(served.meter.identity, served.publicKeyFormat, now()) ?? noKey(served),
    },
    { suffix: "status.get", response: "Status", verb: "give the status of", answer: (served) => status(served) },
    {
      suffix: "transaction.start",
      request: "TransactionReq",
      response: "TransactionStartResponse",
      verb: "start a transaction on",
      answer: ({ transactions }, body, untilMs) => transactions.start(body, untilMs),
    },
    {
      suffix: "transaction.stop",
      request: "TransactionStopReq",
      response: "TransactionStopResponse",
      verb: "stop a transaction on",
      answer: ({ transactions }, body, untilMs) => transactions.stop(body, untilMs),
      isNeverRefused: ({ transactions }, body) => transactions.isNeverRefused(body),
    },
    {
      suffix: "transaction.status",
      request: "TransactionStatusReq",
      response: "TransactionStatusResponse",
      verb: "tell a transaction of",
      answer: ({ transactions }, body) => transactions.status(body),
    },
    {
      suffix: "acknowledge",
      request: "AcknowledgeReq",
      response: "AcknowledgeResponse",
      verb: "acknowledge a fault of",
      answer: ({ transactions }, body, untilMs) => transactions.acknowledge(body, untilMs),
    },
  ];
}

function noKey({ name, meter }: ServedMeter): never {
  if (meter.identity === undefined) {
    throw new TransactionError("METER_OFFLINE", `Meter ${name} was not reached yet, so that its key is not known`);
  }
  const reason = meter.identity.billing.able ? "" : `: ${meter.identity.billing.reason}`;
  throw new TransactionError("NOT_SUPPORTED", `Meter ${name} has no public key${reason}`);
}
