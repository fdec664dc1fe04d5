import { join } from "node:path";
import * as z from "zod";
import { fileProblem } from "../base/file_problem.ts";
import { readToken } from "./jwt.ts";
import { planFiles } from "./new_files.ts";
import { accountToken, withNewRoles } from "./operator.ts";
import { accountsFile, keysFileOf, readAccountKeys } from "./operator_folder.ts";
import { FleetUsageError } from "./retries.ts";
import type { FleetStep } from "./step.ts";

/** Options of a renewal. */
export interface RenewalOptions {
  readonly folder: string;
  /** Users to revoke: public keys `U...`, or credentials files. */
  readonly revoke: readonly string[];
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
}

/**
 * Plans to sign the account of a folder again, with the permissions of this release and without the revoked users. All
 * keys stay, so all other credentials stay valid. A role that is new in this release gets a signing key.
 *
 * @throws {FleetUsageError} the folder or a user to revoke is invalid
 */
export async function planRenewal({ folder, revoke, nowMs }: RenewalOptions): Promise<FleetStep[]> {
  const { account: publicKey, signingSeeds: known, operatorSeed, prefix, content } = await readAccountKeys(folder);
  const signingSeeds = withNewRoles(known);
  const path = join(folder, accountsFile);
  const text = await readText(path, "the accounts");
  const old = new RegExp(`${publicKey}: (\\S+)`).exec(text)?.[1];
  if (old === undefined) throw new FleetUsageError(`Cannot use ${path}: the account of keys.json is missing`);
  const { name, claims } = readToken(old);
  const users = await Promise.all(revoke.map(userKey));
  const nowS = Math.floor(nowMs / 1_000);
  const revocations = {
    ...claimsSchema.parse(claims).revocations,
    ...Object.fromEntries(users.map((user) => [user, nowS])),
  };
  const token = accountToken({ name, publicKey, signingSeeds, operatorSeed, prefix, nowMs, revocations });
  const revoked = users.length === 0 ? "" : `, without ${users.join(" and ")}`;
  const isNew = Object.keys(signingSeeds).length > Object.keys(known).length;
  return planFiles([...(isNew ? [keysFileOf(folder, { ...content, signing_seeds: signingSeeds })] : []), {
    path,
    purpose: `the permissions of this release${revoked}; copy it to each hub server and reload the server`,
    content: text.replace(old, token),
  }], true);
}

const claimsSchema = z.object({ revocations: z.record(z.string(), z.number()).optional() });

async function userKey(given: string): Promise<string> {
  if (/^U[A-Z2-7]{55}$/.test(given)) return given;
  const text = await readText(given, "the credentials to revoke");
  try {
    const { subject } = readToken(/-----BEGIN NATS USER JWT-----\s+(\S+)/.exec(text)?.[1] ?? "");
    if (subject.startsWith("U")) return subject;
  } catch {
    // Not a token: the error below does not contain the file's content, which may be a secret
  }
  throw new FleetUsageError(
    `Cannot revoke ${given}: it is neither a credentials file nor a public key of a user ` +
      "(U...)",
  );
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new FleetUsageError(`Cannot read ${what} from ${path}: ${fileProblem(error)}`, { cause: error });
  }
}
