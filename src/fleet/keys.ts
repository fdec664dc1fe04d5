import { nkeys } from "nats";

/** Whose key it is: an account's or an operator's; the public key begins with this letter. */
export type KeyKind = "A" | "O";

/** Whether a text is a public key of that kind. */
export function isPublicKey(text: string, kind: KeyKind): boolean {
  return isKey(() => nkeys.fromPublic(text), kind);
}

/** Whether a text is the seed of a key of that kind. */
export function isSeed(text: string, kind: KeyKind): boolean {
  return isKey(() => nkeys.fromSeed(new TextEncoder().encode(text)), kind);
}

function isKey(open: () => { getPublicKey(): string }, kind: KeyKind): boolean {
  try {
    return open().getPublicKey().startsWith(kind);
  } catch {
    return false;
  }
}
