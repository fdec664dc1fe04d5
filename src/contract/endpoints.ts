import type { Reading } from "../meter/mod.ts";
import { TransactionError } from "../transaction/mod.ts";
import type { ServedMeter } from "./served_meter.ts";
import { powermeter, publicKeyOf, publicKeyPayload } from "./payloads.ts";
import type { StatusPayload } from "./meter_schemas.ts";
import type { SchemaName } from "./schemas.ts";
import { shortStopAnswer } from "./transaction_answers.ts";
import type { StopAnswer } from "./transaction_schemas.ts";

/** A request to a meter. */
export interface Endpoint {
  /** Last part of the subject; the name of the endpoint is the same with `_` for the dot. */
  readonly suffix: string;
  /** Undefined: the payload of a request is ignored. */
  readonly request?: SchemaName;
  readonly response: SchemaName;
  /** The operation, for messages: `read`. */
  readonly verb: string;
  /**
   * Returns the answer. Throws an error that `errorAnswer` translates.
   *
   * @param body JSON object of the request
   * @param untilMs monotonic time in milliseconds until which the request may wait before its work begins
   */
  answer(served: ServedMeter, body: object, untilMs: number): Promise<object> | object;
  /** Whether a request is accepted even if too many are waiting. @default none is */
  isNeverRefused?(served: ServedMeter, body: object): boolean;
  /** An answer without optional fields, for one that is longer than a message may be. @default there is none */
  shorten?(answer: object): object;
}

/** Dependencies of the endpoints. */
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
      verb: "report the public key of",
      answer: (served) => publicKeyPayload(served.meter.identity, served.publicKeyFormat, now()) ?? noKey(served),
    },
    { suffix: "status.get", response: "Status", verb: "report the status of", answer: (served) => status(served) },
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
      shorten: (answer) => shortStopAnswer(answer as StopAnswer),
    },
    {
      suffix: "transaction.status",
      request: "TransactionStatusReq",
      response: "TransactionStatusResponse",
      verb: "report the transaction status of",
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
    throw new TransactionError("METER_OFFLINE", `Meter ${name} has not been online yet, so its public key is unknown`);
  }
  const reason = meter.identity.billing.able ? "" : `: ${meter.identity.billing.reason}`;
  throw new TransactionError("NOT_SUPPORTED", `Meter ${name} has no public key${reason}`);
}
