import { type MeteringOptions, uftpDomain } from "../profile/mod.ts";

/** The options of the command for a Metering message. */
export interface MeteringArguments {
  /** With or without its first letter. */
  readonly ean?: string;
  /** 16 or 18. */
  readonly eanDigits: string;
  readonly senderDomain?: string;
  readonly recipientDomain?: string;
  /** @default from the intervals */
  readonly revision?: number;
}

/**
 * The options of a Metering message; or why they cannot be used.
 *
 * @param nowMs milliseconds since 1970
 */
export function meteringOptions(args: MeteringArguments, nowMs: number): MeteringOptions | string {
  const { ean = "", eanDigits, senderDomain = "", recipientDomain = "", revision } = args;
  const [, digits] = /^[Ee]?(\d+)$/.exec(ean) ?? [];
  if (digits?.length !== Number(eanDigits)) {
    return `--format uftp needs --ean with ${eanDigits} digits (--ean-digits), found ${JSON.stringify(ean)}`;
  }
  for (
    const [option, domain] of [["--sender-domain", senderDomain], ["--recipient-domain", recipientDomain]] as const
  ) {
    if (!uftpDomain.test(domain)) {
      return `--format uftp needs ${option} with an Internet domain in lower case, found ${JSON.stringify(domain)}`;
    }
  }
  return {
    senderDomain,
    recipientDomain,
    ean: `E${digits}`,
    revision,
    nowMs,
    messageId: crypto.randomUUID(),
    conversationId: crypto.randomUUID(),
  };
}
