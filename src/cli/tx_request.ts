import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { parseBoundedJson } from "../base/bounded_json.ts";
import { Subjects } from "../contract/mod.ts";
import { deniedIn, deniedText } from "../nats/mod.ts";
import type { Bus } from "./bus_client.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Sends a request about the transactions of one meter; undefined: it failed, and standard error has the reason. */
export type TxAsk = (what: "start" | "stop" | "status", body: object) => Promise<unknown>;

const replyTimeoutMs = 30_000;

/** Requests to a meter over an open connection. */
export function askMeter(
  client: NatsConnection,
  { prefix, site, meter }: { readonly site: string; readonly meter: string } & Pick<Bus, "prefix">,
  io: Pick<Io, "err">,
  timeoutMs: number = replyTimeoutMs,
): TxAsk {
  return async (what, body) => {
    const subject = new Subjects(prefix, site).of(meter, `transaction.${what}`);
    try {
      const message = await client.request(subject, JSON.stringify(body), { timeout: timeoutMs });
      return parseBoundedJson(new TextDecoder().decode(message.data));
    } catch (error) {
      if (error instanceof SyntaxError) {
        io.err(lines(
          `Cannot use the reply on ${subject}: ${error.message}; check that no other program serves ` +
            "this subject",
        ));
        return undefined;
      }
      if (!(error instanceof NatsError)) throw error;
      io.err(lines(`Request to ${subject} failed: ${failureText(error)}`));
      return undefined;
    }
  };
}

function failureText(error: NatsError): string {
  const denied = deniedIn(error);
  if (denied !== undefined) return deniedText(denied, "connect as a controller of this site");
  if (error.code === ErrorCode.NoResponders) {
    return "no node serves this subject; check --site and --meter, and that the node runs";
  }
  if (error.code !== ErrorCode.Timeout) return error.message;
  return `no reply within ${replyTimeoutMs / 1000} s; the request may still be carried out: check with tx status`;
}
