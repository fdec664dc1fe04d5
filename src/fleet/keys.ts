import { nkeys } from "nats";

/** The owner of a key: an account or an operator. The public key starts with this letter. */
export type KeyKind = "A" | "O";

/** Whether a text is a public key of this kind. */
export function isPublicKey(text: string, kind: KeyKind): boolean {
  return succeeds(() => nkeys.fromPublic(text)) && text.startsWith(kind);
}

/** Whether a text is the seed of a key of this kind. */
export function isSeed(text: string, kind: KeyKind): boolean {
  // Checks the checksum only: computing the public key takes milliseconds
  return succeeds(() => nkeys.fromSeed(new TextEncoder().encode(text))) && text.startsWith(`S${kind}`) &&
    text.length === seedLength;
}

const seedLength = 58;

function succeeds(open: () => unknown): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}
