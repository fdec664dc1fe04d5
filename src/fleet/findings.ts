import { ErrorCode, NatsError } from "nats";
import { errorText } from "../base/log.ts";
import { apiCode, deniedText, jetstreamReason } from "../nats/mod.ts";
import type { Finding, FindingKind } from "./audit_result.ts";

/** The findings of an audit, in order. */
export class Findings {
  readonly list: Finding[] = [];

  add(kind: FindingKind, message: string, messageIds?: readonly string[]): void {
    this.list.push({ kind, message, ...(messageIds === undefined ? {} : { messageIds }) });
  }

  /**
   * Runs `work`. A failure becomes a finding.
   *
   * @param doing the attempted action: `read the stream WATTSEAL_OCMF`
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

/** Returns why an operation over NATS failed. */
export function failureText(error: unknown): string {
  if (!(error instanceof NatsError)) return errorText(error);
  if (error.permissionContext !== undefined) return deniedText(error.permissionContext);
  if (apiCode(error) !== undefined) return jetstreamReason(error);
  if (error.code === ErrorCode.NoResponders) return "no reply; check that JetStream is enabled and the node runs";
  if (error.code === ErrorCode.Timeout) return "no reply in time; check the link, and the permissions of this user";
  return jetstreamReason(error);
}
