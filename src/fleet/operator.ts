import { nkeys } from "nats";
import { signToken } from "./jwt.ts";
import { type CredentialsRole, credentialsRoles, rightsTemplate } from "./roles.ts";

/** An operator: servers trust the accounts that it signs. */
export interface FleetOperator {
  readonly name: string;
  /** Secret: it allows to create accounts. */
  readonly seed: string;
  /** Self-signed, for the configuration of the servers. */
  readonly token: string;
  /** System account of the servers. */
  readonly system: { readonly publicKey: string; readonly seed: string; readonly token: string };
}

/** An account: one tenant, isolated from the others. */
export interface FleetAccount {
  readonly name: string;
  /** `A...` */
  readonly publicKey: string;
  /** Secret: it allows to create users with any permissions. */
  readonly seed: string;
  /** Secrets: the signing key of each role creates users with the permissions of this role only. */
  readonly signingSeeds: Readonly<Record<CredentialsRole, string>>;
  /** Signed by the operator, for the configuration of the servers. */
  readonly token: string;
}

/** Creates an operator with its keys. @param nowMs wall clock in milliseconds */
export function createOperator(name: string, nowMs: number): FleetOperator {
  const [operator, system] = [newKey("operator"), newKey("account")];
  return {
    name,
    seed: operator.seed,
    token: signToken(operator.seed, {
      type: "operator",
      name,
      subject: operator.publicKey,
      claims: { system_account: system.publicKey },
      issuedAtMs: nowMs,
    }),
    system: {
      ...system,
      token: signToken(operator.seed, {
        type: "account",
        name: "SYS",
        subject: system.publicKey,
        claims: { limits: noLimits },
        issuedAtMs: nowMs,
      }),
    },
  };
}

/** Options of an account. */
export interface FleetAccountOptions {
  readonly name: string;
  readonly operatorSeed: string;
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
}

/** Creates an account with JetStream and one signing key for each role. */
export function createAccount({ name, operatorSeed, prefix, nowMs }: FleetAccountOptions): FleetAccount {
  const account = newKey("account");
  const signingSeeds = withNewRoles({});
  const { publicKey } = account;
  const token = accountToken({ name, publicKey, signingSeeds, operatorSeed, prefix, nowMs });
  return { name, ...account, signingSeeds, token };
}

/** Content of the token of an account. */
export interface AccountTokenOptions extends FleetAccountOptions, Pick<FleetAccount, "publicKey" | "signingSeeds"> {
  /**
   * Revoked users: public key, and the time in seconds since 1970 up to which their credentials are revoked.
   *
   * @default none
   */
  readonly revocations?: Readonly<Record<string, number>>;
}

/** Signs the token of an account: its signing keys with the permissions of this release, and its revoked users. */
export function accountToken(options: AccountTokenOptions): string {
  const { name, publicKey, signingSeeds, operatorSeed, prefix, nowMs, revocations = {} } = options;
  return signToken(operatorSeed, {
    type: "account",
    name,
    subject: publicKey,
    claims: {
      limits: { ...noLimits, ...noJetStreamLimits },
      signing_keys: credentialsRoles.map((role) => ({
        kind: "user_scope",
        key: nkeys.fromSeed(new TextEncoder().encode(signingSeeds[role])).getPublicKey(),
        role,
        template: template(role, prefix),
      })),
      ...(Object.keys(revocations).length === 0 ? {} : { revocations }),
    },
    issuedAtMs: nowMs,
  });
}

/** Returns the server configuration for an operator and its accounts. It contains no secrets. */
export function operatorConfig({ token, system }: FleetOperator, accounts: readonly FleetAccount[]): string {
  const preload = [system, ...accounts].map(({ publicKey, token }) => `  ${publicKey}: ${token}`);
  return `operator: ${token}
system_account: ${system.publicKey}
resolver: MEMORY
resolver_preload: {
${preload.join("\n")}
}
`;
}

/** Signing keys of all roles: those that are known, and new ones for the other roles. */
export function withNewRoles(
  known: Readonly<Partial<Record<CredentialsRole, string>>>,
): Readonly<Record<CredentialsRole, string>> {
  return byRole((role) => known[role] ?? textOf(nkeys.createAccount().getSeed()));
}

const noLimits = { subs: -1, data: -1, payload: -1, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };
const noJetStreamLimits = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

function byRole<T>(make: (role: CredentialsRole) => T): Record<CredentialsRole, T> {
  return {
    node: make("node"),
    leaf: make("leaf"),
    viewer: make("viewer"),
    controller: make("controller"),
    billing: make("billing"),
    web: make("web"),
    everest: make("everest"),
    administrator: make("administrator"),
  };
}

function template(role: CredentialsRole, prefix: string): object {
  const rights = rightsTemplate(role, prefix);
  const responses = rights?.allowResponses;
  return {
    subs: -1,
    data: -1,
    payload: -1,
    ...(rights === undefined ? {} : { pub: { allow: rights.publish }, sub: { allow: rights.subscribe } }),
    ...(responses === undefined ? {} : { resp: { max: responses.max, ttl: responses.expiresMinutes * minuteNs } }),
  };
}

const minuteNs = 60_000_000_000;

function newKey(kind: "operator" | "account"): { readonly publicKey: string; readonly seed: string } {
  const pair = kind === "operator" ? nkeys.createOperator() : nkeys.createAccount();
  return { publicKey: pair.getPublicKey(), seed: textOf(pair.getSeed()) };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
