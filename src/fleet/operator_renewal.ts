import { join } from "node:path";
import * as z from "zod";
import { fileProblem } from "../base/file_problem.ts";
import { readToken } from "./jwt.ts";
import { planFiles } from "./new_files.ts";
import { accountToken } from "./operator.ts";
import { accountsFile, readAccountKeys } from "./operator_folder.ts";
import { FleetUsageError } from "./retries.ts";
import type { FleetStep } from "./step.ts";

/** What to sign again. */
export interface RenewalOptions {
  readonly folder: string;
  /** Whose credentials are withdrawn: public keys `U...`, or files with credentials. */
  readonly revoke: readonly string[];
  /** Wall clock in milliseconds. */
  readonly nowMs: number;
}

/**
 * Plans to sign the account of a folder again, with the rights that this release states and without the users that are
 * withdrawn. All keys stay, so that the credentials of everybody else go on working.
 *
 * @throws {FleetUsageError} the folder, or what is to be withdrawn, cannot be used
 */
export async function planRenewal({ folder, revoke, nowMs }: RenewalOptions): Promise<FleetStep[]> {
  const { account: publicKey, signingSeeds, operatorSeed, prefix } = await readAccountKeys(folder);
  const path = join(folder, accountsFile);
  const text = await readText(path, "the accounts");
  const old = new RegExp(`${publicKey}: (\\S+)`).exec(text)?.[1];
  if (old === undefined) throw new FleetUsageError(`cannot use ${path}: it does not have the account of keys.json`);
  const { name, claims } = readToken(old);
  const users = await Promise.all(revoke.map(userKey));
  const nowS = Math.floor(nowMs / 1_000);
  const revocations = {
    ...claimsSchema.parse(claims).revocations,
    ...Object.fromEntries(users.map((user) => [user, nowS])),
  };
  const token = accountToken({ name, publicKey, signingSeeds, operatorSeed, prefix, nowMs, revocations });
  const withdrawn = users.length === 0 ? "" : `, without ${users.join(" and ")}`;
  return planFiles([{
    path,
    purpose: `the rights of this release${withdrawn}; copy it to each hub server and reload the server`,
    content: text.replace(old, token),
  }], true);
}

const claimsSchema = z.object({ revocations: z.record(z.string(), z.number()).optional() });

async function userKey(given: string): Promise<string> {
  if (/^U[A-Z2-7]{55}$/.test(given)) return given;
  const text = await readText(given, "the credentials to withdraw");
  try {
    const { subject } = readToken(/-----BEGIN NATS USER JWT-----\s+(\S+)/.exec(text)?.[1] ?? "");
    if (subject.startsWith("U")) return subject;
  } catch {
    // Not a token: said below, without the file's content, which may be a secret
  }
  throw new FleetUsageError(`cannot withdraw ${given}: it is neither a file with credentials nor a user's key (U...)`);
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new FleetUsageError(`cannot read ${what} from ${path}: ${fileProblem(error)}`, { cause: error });
  }
}
