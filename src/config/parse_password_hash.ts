import { Buffer } from "node:buffer";

/** A hash of a password with all that is needed to check a password. */
export interface PasswordHash {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly cost:
    | { readonly kind: "scrypt"; readonly logN: number; readonly r: number; readonly p: number }
    | { readonly kind: "argon2id"; readonly memoryKib: number; readonly passes: number; readonly lanes: number };
}

/** Higher costs would let a login take minutes, or all memory. */
const maxMemoryKib = 256 * 1024;
const maxCost = { logN: 20, r: 32, p: 16, memoryKib: maxMemoryKib, passes: 16, lanes: 16 } as const;
/** A cut text of a hash still decodes, and fewer bytes fit more passwords. Argon2 itself refuses a shorter salt. */
const minBytes = { salt: 8, hash: 16 } as const;

const scryptForm = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const argonForm = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Parses a hash in the PHC format: `$scrypt$ln=15,r=8,p=3$SALT$HASH` or `$argon2id$v=19$m=65536,t=3,p=4$SALT$HASH`.
 *
 * @throws {SyntaxError} the form is unknown, a part is too short, or the cost cannot be used
 */
export function parsePasswordHash(text: string): PasswordHash {
  const scryptParts = scryptForm.exec(text);
  const [, one, two, three, salt = "", hash = ""] = scryptParts ?? argonForm.exec(text) ?? [];
  if (hash === "") throw new SyntaxError("it is neither an scrypt hash nor an argon2id hash in the PHC format");
  const [first, second, third] = [Number(one), Number(two), Number(three)];
  const cost: PasswordHash["cost"] = scryptParts === null
    ? { kind: "argon2id", memoryKib: first, passes: second, lanes: third }
    : { kind: "scrypt", logN: first, r: second, p: third };
  const maxima: Readonly<Record<string, number>> = maxCost;
  for (const [name, value] of Object.entries(cost)) {
    if (typeof value !== "number" || value >= 1 && value <= (maxima[name] ?? 0)) continue;
    throw new SyntaxError(`its cost ${name} is ${value}, allowed are 1 to ${maxima[name]}`);
  }
  checkMemory(cost);
  return { salt: decoded("salt", salt), hash: decoded("hash", hash), cost };
}

function checkMemory(cost: PasswordHash["cost"]): void {
  if (cost.kind === "scrypt") {
    const kib = 2 ** cost.logN * cost.r / 8;
    if (kib <= maxMemoryKib) return;
    throw new SyntaxError(`it needs ${Math.ceil(kib / 1024)} MB of memory, at most ${maxMemoryKib / 1024} are allowed`);
  }
  const { memoryKib, lanes } = cost;
  if (memoryKib >= 8 * lanes) return;
  throw new SyntaxError(`its m is ${memoryKib}, at least ${8 * lanes} for ${lanes} lanes are needed`);
}

function decoded(part: keyof typeof minBytes, text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length >= minBytes[part]) return bytes;
  throw new SyntaxError(
    `its ${part} has ${bytes.length} bytes, at least ${minBytes[part]} are needed: is it complete?`,
  );
}
