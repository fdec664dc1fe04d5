const begin = "-----BEGIN NATS USER JWT-----";

/**
 * When the credentials in a .creds file end.
 *
 * @param creds content of the file
 * @returns milliseconds since 1970; undefined: never
 * @throws {SyntaxError} the file contains no JWT
 */
export function credentialsExpiryMs(creds: string): number | undefined {
  const jwt = creds.split(begin)[1]?.trim().split(/\s/)[0];
  const [, payload] = jwt?.split(".") ?? [];
  if (payload === undefined) throw new SyntaxError("The file contains no JWT of a user");
  const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const claims: unknown = JSON.parse(text);
  if (typeof claims !== "object" || claims === null) throw new SyntaxError("The JWT contains no claims");
  return "exp" in claims && typeof claims.exp === "number" ? claims.exp * 1_000 : undefined;
}
