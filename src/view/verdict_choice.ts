import type { ShownVerification } from "./session_rows.ts";

/** Values of the three verdicts; no two verdicts have one in common. */
export const verdicts = {
  signature: ["valid", "invalid", "unverifiable", "malformed"],
  session: ["ok", "violated", "unknown"],
  key: ["pinned", "first_seen", "changed"],
} as const;

/**
 * What a search for a verdict can request: `good`: the signature is valid, the session is complete and the key is not
 * another one than before; `problem`: all others; or one value of one verdict.
 */
export const verdictChoices: readonly string[] = ["good", "problem", ...Object.values(verdicts).flat()];

/** Whether a record can be billed by its verdicts; the problems are remarks then. */
export function isGood({ signature, session, key }: ShownVerification): boolean {
  return signature === "valid" && session === "ok" && key !== "changed";
}

/** Whether the verdicts are those that a search requests. */
export function hasVerdict(verification: ShownVerification, choice: string): boolean {
  if (choice === "good") return isGood(verification);
  if (choice === "problem") return !isGood(verification);
  const { signature, session, key } = verification;
  return [signature, session, key].includes(choice);
}
