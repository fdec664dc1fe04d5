import { resolve } from "node:path";
import { type Account, type EverestFile, examine, findAccount, type Finding, ownAccount } from "../doctor/mod.ts";
import { clockSynchronised } from "../health/mod.ts";
import { lockHolder } from "../journal/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { installedConfig } from "./installed_config.ts";
import { readSettings } from "./read_settings.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** What to check. */
export interface DoctorArguments {
  /** Configuration file. */
  readonly config: string;
  /** Configuration of the command `everest`. @default that of the installed package, if there is one */
  readonly everest?: string | undefined;
  /** The user that the service runs as. @default see `serviceAccount` */
  readonly user?: string | undefined;
  readonly json: boolean;
}

/** Folder with `etc`, `proc` and `sys`. */
const root = "/";

/**
 * Checks what a node needs, and prints what was found and how to repair it.
 *
 * @returns the exit code: 0 no problem, 1 problems, 2 the configuration cannot be used or the user is unknown
 */
export async function doctor(args: DoctorArguments, io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  const settings = await readSettings(args.config, io);
  if (settings === undefined) return exitCode.usage;
  const servicePid = lockHolder(settings.stateDir);
  const account = args.user === undefined
    ? serviceAccount(settings.stateDir, servicePid)
    : findAccount(args.user, root);
  if (account === undefined) {
    io.err(lines(`There is no user ${args.user} on this machine`));
    return exitCode.usage;
  }
  const findings: Finding[] = [];
  const examined = {
    settings,
    config: resolve(args.config),
    everest: args.everest === undefined ? installedEverest() : { path: resolve(args.everest) },
    env: io.env,
    account,
    servicePid,
    root,
    nowMs: Date.now(),
    clockSynchronised: clockSynchronised(),
  };
  for await (const finding of examine(examined)) {
    findings.push(finding);
    if (!args.json) io.out(lines(...textsOf(finding)));
  }
  const problems = findings.filter(({ state }) => state === "problem").length;
  if (args.json) io.out(jsonLine({ ok: problems === 0, user: account.name, findings }));
  return problems === 0 ? exitCode.done : exitCode.failed;
}

/** The unit of the package gets values for `${NAME}` from a file beside the configuration. */
function installedEverest(): EverestFile | undefined {
  const path = installedConfig("everest");
  return path === undefined ? undefined : { path, envFile: path.replace(/\.yaml$/, ".env") };
}

/**
 * The user whose permissions count if none is named: that of the running service, otherwise the owner of the state
 * folder, otherwise the present one. Only root looks for another one.
 */
function serviceAccount(stateDir: string, servicePid: number | undefined): Account {
  const own = ownAccount(root);
  if (own.uid !== 0) return own;
  const uid = servicePid === undefined ? ownerOf(stateDir) : ownerOf(`/proc/${servicePid}`);
  return (uid === undefined ? undefined : findAccount(uid, root)) ?? own;
}

function ownerOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).uid ?? undefined;
  } catch {
    return undefined;
  }
}

function textsOf({ check, state, found, repair }: Finding): string[] {
  const head = `${state.padEnd(8)}  ${check.padEnd(13)}  `;
  return [`${head}${found}`, ...(repair === undefined ? [] : [`${" ".repeat(head.length)}-> ${repair}`])];
}
