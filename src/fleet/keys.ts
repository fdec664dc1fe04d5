import { nkeys } from "nats";

/** Whose key it is: an account's or an operator's; the public key begins with this letter. */
export type KeyKind = "A" | "O";

/** Whether a text is a public key of that kind. */
export function isPublicKey(text: string, kind: KeyKind): boolean {
  return isSound(() => nkeys.fromPublic(text)) && text.startsWith(kind);
}

/** Whether a text is the seed of a key of that kind. */
export function isSeed(text: string, kind: KeyKind): boolean {
  // The checksum is looked at, the public key is not computed: that takes milliseconds
  return isSound(() => nkeys.fromSeed(new TextEncoder().encode(text))) && text.startsWith(`S${kind}`) &&
    text.length === seedLength;
}

const seedLength = 58;

function isSound(open: () => unknown): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}
