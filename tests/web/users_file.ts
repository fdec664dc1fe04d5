import { scryptSync } from "node:crypto";

/** A line of a file of users, with a hash that costs little. */
export function userLine(name: string, password: string): string {
  const salt = new TextEncoder().encode("salt of a test");
  const hash = scryptSync(password, salt, 32, { N: 2, r: 1, p: 1 });
  const text = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
  return `${name}:$scrypt$ln=1,r=1,p=1$${text(salt)}$${text(hash)}\n`;
}

/** Writes a file of users with the passwords of a test. Removed at the end of the test. */
export async function usersFile(
  passwords: Readonly<Record<string, string>>,
): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile({ prefix: "wattseal-users-" });
  await Deno.writeTextFile(path, Object.entries(passwords).map(([name, word]) => userLine(name, word)).join(""));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
