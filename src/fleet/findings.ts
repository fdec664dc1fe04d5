import { ErrorCode, NatsError } from "nats";
import { errorText } from "../base/log.ts";
import { apiCode, deniedText, jetstreamReason } from "../nats/mod.ts";
import type { Finding, FindingKind } from "./audit_result.ts";

/** What an audit finds, in the order of finding it. */
export class Findings {
  readonly list: Finding[] = [];

  add(kind: FindingKind, message: string, messageIds?: readonly string[]): void {
    this.list.push({ kind, message, ...(messageIds === undefined ? {} : { messageIds }) });
  }

  /**
   * Does what may fail; a failure is a finding.
   *
   * @param doing what is attempted: `read the stream WATTSEAL_OCMF`
   */
  async attempt<T>(kind: FindingKind, doing: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.add(kind, `Cannot ${doing}: ${failureText(error)}`);
      return undefined;
    }
  }
}

/** Why something over NATS failed. */
export function failureText(error: unknown): string {
  if (!(error instanceof NatsError)) return errorText(error);
  if (error.permissionContext !== undefined) return deniedText(error.permissionContext);
  if (apiCode(error) !== undefined) return jetstreamReason(error);
  if (error.code === ErrorCode.NoResponders) return "nobody answers; is JetStream there, or the node?";
  if (error.code === ErrorCode.Timeout) return "no answer in time; check the link, and the rights of this user";
  return jetstreamReason(error);
}

/** `1 record`, `2 records`. */
export function recordsText(count: number): string {
  return `${count} record${count === 1 ? "" : "s"}`;
}
