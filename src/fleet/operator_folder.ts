import { join } from "node:path";
import * as z from "zod";
import { fileProblem } from "../base/file_problem.ts";
import { userCredentials } from "./credentials.ts";
import { isPublicKey, isSeed } from "./keys.ts";
import { type NewFile, planFiles } from "./new_files.ts";
import { createAccount, createOperator, operatorConfig } from "./operator.ts";
import { FleetUsageError } from "./retries.ts";
import { type CredentialsRole, credentialsRoles, inboxPrefixOf } from "./roles.ts";
import type { FleetStep } from "./step.ts";

/** Options of a folder. */
export interface OperatorFolderOptions {
  readonly folder: string;
  /** Name of the operator. */
  readonly name: string;
  /** Name of the account. */
  readonly account: string;
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
  /** Replace existing files: credentials created with the old keys become invalid. */
  readonly force: boolean;
}

/** The keys that sign users of an account. */
export interface AccountKeys {
  /** Public key of the account, `A...`. */
  readonly account: string;
  /** Secrets: the signing key of each role; without those of roles that the release which wrote them did not have. */
  readonly signingSeeds: SigningSeeds;
  /** Secret: signs the account. */
  readonly operatorSeed: string;
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** Secret: the whole file. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** Signing keys of an account, by role. */
type SigningSeeds = Readonly<Partial<Record<CredentialsRole, string>>>;

/**
 * Plans a folder with an operator, an account with its signing keys, and credentials for the users of the hub. The
 * servers need only `accounts.conf`.
 */
export function planOperatorFolder(options: OperatorFolderOptions): Promise<FleetStep[]> {
  const { folder, name, prefix, nowMs, force } = options;
  const operator = createOperator(name, nowMs);
  const account = createAccount({ name: options.account, operatorSeed: operator.seed, prefix, nowMs });
  const keys = {
    account: account.publicKey,
    prefix,
    signing_seeds: account.signingSeeds,
    account_seed: account.seed,
    operator_seed: operator.seed,
    system_account_seed: operator.system.seed,
  };
  const users = initialRoles.map((role): NewFile => ({
    path: join(folder, `${role}.creds`),
    purpose: `credentials of the user ${role}, with the permissions of this role`,
    content: userCredentials({
      name: role,
      role,
      account: account.publicKey,
      accountSigningSeed: account.signingSeeds[role],
      issuedAtMs: nowMs,
    }),
  }));
  return planFiles([
    {
      path: join(folder, accountsFile),
      purpose: "public tokens: include this file in the configuration of each hub server",
      content: operatorConfig(operator, [account]),
    },
    keysFileOf(folder, keys),
    ...users,
  ], force);
}

/**
 * Reads the signing keys of a folder.
 *
 * @throws {FleetUsageError} the file is missing or invalid
 */
export async function readAccountKeys(folder: string): Promise<AccountKeys> {
  const file = join(folder, keysFile);
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new FleetUsageError(`Cannot read the signing keys from ${file}: ${fileProblem(error)}`, { cause: error });
  }
  try {
    const content = JSON.parse(text);
    const keys = keysSchema.parse(content);
    return {
      content,
      account: keys.account,
      signingSeeds: keys.signing_seeds,
      operatorSeed: keys.operator_seed,
      prefix: keys.prefix,
    };
  } catch {
    // The parser's message could contain a key.
    throw new FleetUsageError(`Cannot use ${file}: fleet operator create did not write it`);
  }
}

/** Plans a file with new credentials for a user with a role. */
export async function planCredentials(
  { folder, name, role, nowMs }: {
    readonly folder: string;
    readonly name: string;
    readonly role: CredentialsRole;
    readonly nowMs: number;
  },
): Promise<FleetStep[]> {
  const { account, signingSeeds } = await readAccountKeys(folder);
  const accountSigningSeed = signingSeedOf(signingSeeds, role, folder);
  const content = userCredentials({ name, role, account, accountSigningSeed, issuedAtMs: nowMs });
  return await planFiles([{
    path: join(folder, `${name}.creds`),
    purpose: `credentials of the user ${name} with the permissions of the role ${role}; its inbox prefix is ` +
      inboxPrefixOf(role, name),
    content,
  }], false);
}

/**
 * The signing key of a role.
 *
 * @throws {FleetUsageError} the folder is from a release without this role
 */
export function signingSeedOf(seeds: SigningSeeds, role: CredentialsRole, folder: string): string {
  const seed = seeds[role];
  if (seed !== undefined) return seed;
  throw new FleetUsageError(
    `Cannot create credentials for the role ${role}: ${join(folder, keysFile)} has no signing key for it; create one ` +
      "with `fleet operator renew`, copy accounts.conf to each hub server, and reload the servers",
  );
}

/** The file with the signing keys. @param content all of {@linkcode AccountKeys.content} */
export function keysFileOf(folder: string, content: AccountKeys["content"]): NewFile {
  return {
    path: join(folder, keysFile),
    purpose: "secret signing keys: do not copy them to a server",
    content: `${JSON.stringify(content, undefined, 2)}\n`,
  };
}

const keysFile = "keys.json";
/** The file for the servers. */
export const accountsFile = "accounts.conf";

/** The roles of users of all sites. Each gets credentials with the folder. */
const initialRoles = ["administrator", "billing", "controller", "viewer", "web"] as const satisfies readonly HubRole[];

/** A role of users; credentials of the service of a site are created with the site. */
export type HubRole = Exclude<CredentialsRole, "node" | "leaf">;

const keysSchema = z.object({
  account: z.string().refine((text) => isPublicKey(text, "A")),
  prefix: z.string(),
  operator_seed: z.string().refine((text) => isSeed(text, "O")),
  signing_seeds: z.partialRecord(z.literal([...credentialsRoles]), z.string().refine((text) => isSeed(text, "A"))),
});
