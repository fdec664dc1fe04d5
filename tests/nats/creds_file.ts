import { createAccount, createOperator, operatorConfig, userCredentials } from "../../src/fleet/mod.ts";

/** A server configuration with JWT accounts, and the credentials of a user in one of them. */
export interface JwtSetup {
  readonly serverConfig: string;
  /** Content of a `.creds` file. */
  readonly creds: string;
}

/** Creates an operator, a system account, an account with JetStream, and a user of it with all permissions. */
export function newJwtSetup(): JwtSetup {
  const nowMs = 1_700_000_000_000;
  const operator = createOperator("test", nowMs);
  const account = createAccount({ name: "test", operatorSeed: operator.seed, prefix: "wattseal", nowMs });
  return {
    serverConfig: operatorConfig(operator, [account]),
    creds: userCredentials({
      name: "test",
      role: "administrator",
      account: account.publicKey,
      accountSigningSeed: account.signingSeeds.administrator,
      issuedAtMs: nowMs,
    }),
  };
}
