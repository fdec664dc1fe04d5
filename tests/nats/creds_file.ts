import { Buffer } from "node:buffer";
import { nkeys } from "nats";

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** A server's configuration with accounts by JWT, and the credentials of a user in one of them. */
export interface JwtSetup {
  readonly serverConfig: string;
  /** Content of a `.creds` file. */
  readonly creds: string;
}

/** Makes an operator, a system account, an account with JetStream and a user of it. */
export function newJwtSetup(): JwtSetup {
  const [operator, system, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const limits = { subs: -1, data: -1, payload: -1, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };
  const storage = { "mem_storage": -1, "disk_storage": -1, streams: -1, consumer: -1 };
  const accountJwt = jwt(operator, account, "account", { limits: { ...limits, ...storage } });
  const systemJwt = jwt(operator, system, "account", { limits });
  const userJwt = jwt(account, user, "user", { subs: -1, data: -1, payload: -1 });
  const operatorJwt = jwt(operator, operator, "operator", { system_account: system.getPublicKey() });
  return {
    serverConfig: `operator: ${operatorJwt}
resolver: MEMORY
resolver_preload: { ${account.getPublicKey()}: ${accountJwt}, ${system.getPublicKey()}: ${systemJwt} }`,
    creds: `-----BEGIN NATS USER JWT-----
${userJwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${new TextDecoder().decode(user.getSeed())}
------END USER NKEY SEED------`,
  };
}

function jwt(issuer: KeyPair, subject: KeyPair, type: string, claims: object): string {
  const name = `test ${type}`;
  const body = { jti: name, iat: 1_700_000_000, iss: issuer.getPublicKey(), name, sub: subject.getPublicKey() };
  const head = encode({ typ: "JWT", alg: "ed25519-nkey" });
  const signed = `${head}.${encode({ ...body, nats: { ...claims, type, version: 2 } })}`;
  return `${signed}.${Buffer.from(issuer.sign(new TextEncoder().encode(signed))).toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
