import { type NatsConnection, NatsError } from "nats";
import { askNode, NobodyThereError, RefusedError, TimedOutError, UnusableMessageError } from "../client/mod.ts";
import { Subjects } from "../contract/mod.ts";
import { deniedIn, deniedText } from "../nats/mod.ts";
import type { Bus } from "./bus_client.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Sends a request about the transactions of one meter; undefined: it failed, and standard error has the reason. */
export type TxAsk = (what: "start" | "stop" | "status", body: object) => Promise<unknown>;

const replyTimeoutMs = 30_000;

/** Requests to a meter over an open connection. A refusal is a reply. */
export function askMeter(
  client: NatsConnection,
  { prefix, site, meter }: { readonly site: string; readonly meter: string } & Pick<Bus, "prefix">,
  io: Pick<Io, "err">,
  timeoutMs: number = replyTimeoutMs,
): TxAsk {
  return async (what, body) => {
    const subject = new Subjects(prefix, site).of(meter, `transaction.${what}`);
    try {
      return await askNode(client, { subject, body, doing: `${what} a transaction` }, timeoutMs);
    } catch (error) {
      if (error instanceof RefusedError) return error.reply;
      if (error instanceof UnusableMessageError) {
        io.err(lines(
          `Cannot use the reply on ${subject}: it is not a JSON object; check that no other program serves this subject`,
        ));
        return undefined;
      }
      const reason = failureText(error, timeoutMs);
      if (reason === undefined) throw error;
      io.err(lines(`Request to ${subject} failed: ${reason}`));
      return undefined;
    }
  };
}

function failureText(error: unknown, timeoutMs: number): string | undefined {
  if (error instanceof NobodyThereError) {
    return "no node serves this subject; check --site and --meter, and that the node runs";
  }
  if (error instanceof TimedOutError) {
    return `no reply within ${timeoutMs / 1000} s; the request may still be carried out: check with tx status`;
  }
  const cause = error instanceof NatsError ? error : error instanceof Error ? error.cause : undefined;
  const denied = deniedIn(cause);
  if (denied !== undefined) return deniedText(denied, "connect as a controller of this site");
  return cause instanceof NatsError ? cause.message : undefined;
}
