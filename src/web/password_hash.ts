import { argon2idAsync } from "@noble/hashes/argon2.js";
import { Buffer } from "node:buffer";
import { scrypt, timingSafeEqual } from "node:crypto";
import type { PasswordHash } from "../config/mod.ts";

/** 32 MB and a tenth of a second on a server: a cost that OWASP recommends, and which a small node can pay. */
const newCost = { kind: "scrypt", logN: 15, r: 8, p: 3 } as const;
const saltBytes = 16;
const hashBytes = 32;

/** Makes a hash of a password, in the PHC format. */
export async function passwordHash(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const hash = await derived(password, { salt, cost: newCost, hash: new Uint8Array(hashBytes) });
  const { logN, r, p } = newCost;
  return `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Whether a hash is that of a password. */
export async function isPassword(password: string, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derived(password, expected), expected.hash);
}

/** The same password can be entered with composed or with decomposed characters. */
function derived(password: string, { salt, hash, cost }: PasswordHash): Promise<Uint8Array> {
  const text = password.normalize("NFC");
  if (cost.kind === "argon2id") {
    const { memoryKib: m, passes: t, lanes: p } = cost;
    return argon2idAsync(text, salt, { m, t, p, dkLen: hash.length });
  }
  const { logN, r, p } = cost;
  const N = 2 ** logN;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  // The limit of memory is that of the cost, and some more
  scrypt(text, salt, hash.length, { N, r, p, maxmem: 128 * N * r + 1024 * 1024 + 128 * r * p }, (error, key) => {
    if (error === null) resolve(key);
    else reject(error);
  });
  return promise;
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
