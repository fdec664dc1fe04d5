import { join } from "node:path";
import { endpointText } from "../base/endpoint.ts";
import { infoOf, namesIn } from "../base/files.ts";
import { isExposed } from "../base/private_files.ts";
import type { LineSettings, NatsSettings } from "../config/mod.ts";
import { type Access, closedFolder, findAccount, groupName, mayAccess } from "./account.ts";
import { existing } from "./disk.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

/** Checks what the service's user may do with devices, the configuration, its credentials and the state folder. */
export function checkPermissions(examined: Examined): readonly Finding[] {
  const findings = new Findings("permissions");
  const { settings, config } = examined;
  for (const line of settings.lines) checkLine(findings, line, examined);
  checkConfigFiles(findings, config, [settings.nats], examined);
  checkStateFolder(findings, examined);
  return findings.all;
}

/** Checks whether the account may read a configuration and the files for servers that it names, and who else may. */
export function checkConfigFiles(
  findings: Findings,
  config: string,
  servers: readonly Pick<NatsSettings, "credentialsFile" | "nkeySeedFile" | "tls">[],
  examined: Examined,
): void {
  const secret = servers.flatMap((
    { credentialsFile, nkeySeedFile, tls },
  ) => [credentialsFile, nkeySeedFile, tls?.keyFile]);
  const open = servers.flatMap(({ tls }) => [tls?.caFile, tls?.certFile]);
  for (const path of new Set([config, ...secret, ...open])) {
    if (path !== undefined) checkFile(findings, path, "read", examined);
  }
  for (const path of new Set(secret)) {
    if (path !== undefined && isExposed(path) && readableByAll(path)) {
      findings.problem(`Every user of this machine may read ${path}, which contains a key`, `chmod o= ${path}`);
    }
  }
}

function checkLine(findings: Findings, { name, endpoint }: LineSettings, examined: Examined): void {
  if (endpoint.kind !== "serial" && endpoint.kind !== "unix") return;
  const { account, root } = examined;
  const info = infoOrNothing(endpoint.path);
  // The check of devices reports a missing one
  if (info === undefined) return;
  const where = `line ${name}: user ${account.name}`;
  const device = `${endpointText(endpoint)} (${modeText(info, root)})`;
  if (mayAccess(account, info, "read and write")) {
    findings.ok(`${where} may use ${device}`);
    return;
  }
  const group = groupName(info.gid ?? 0, root);
  findings.problem(
    `${where} may not use ${device}`,
    `adduser ${account.name} ${group}, and restart the service; a shell needs a new login`,
  );
}

/** Checks whether the account may use a file. */
export function checkFile(findings: Findings, path: string, access: Access, { account, root }: Examined): void {
  const info = infoOrNothing(path);
  if (info === undefined) {
    findings.problem(`${path} does not exist, or no user may look for it`, "correct the path in the configuration");
    return;
  }
  const closed = closedFolder(account, path);
  if (closed !== undefined) {
    findings.problem(
      `User ${account.name} may not enter ${closed}, where ${path} is`,
      `chmod o+x ${closed}, or move the file`,
    );
  } else if (mayAccess(account, info, access)) findings.ok(`User ${account.name} may ${access} ${path}`);
  else {
    findings.problem(
      `User ${account.name} may not ${access} ${path} (${modeText(info, root)})`,
      `chown root:${groupName(account.gids[0] ?? 0, root)} ${path} and chmod 0640 ${path}`,
    );
  }
}

function checkStateFolder(findings: Findings, { settings: { stateDir }, account, root }: Examined): void {
  const folder = existing(stateDir);
  const info = infoOf(folder);
  const owner = `chown -R ${account.name}: ${stateDir}`;
  if (info !== undefined && !mayAccess(account, info, "use")) {
    const repair = folder === stateDir ? owner : `mkdir -p ${stateDir} and ${owner}`;
    findings.problem(`User ${account.name} may not use ${folder} (${modeText(info, root)})`, repair);
    return;
  }
  findings.ok(`User ${account.name} may use ${folder}${folder === stateDir ? "" : `, where ${stateDir} is created`}`);
  if (folder !== stateDir) return;
  const foreign = (namesIn(stateDir) ?? []).filter((name) => {
    const file = infoOrNothing(join(stateDir, name));
    return file?.isFile === true && !mayAccess(account, file, "read and write");
  });
  if (foreign.length > 0) {
    findings.problem(`User ${account.name} may not use ${foreign.join(", ")} in ${stateDir}`, owner);
  }
  if (isExposed(stateDir)) {
    findings.warning(`Other users may list ${stateDir}; records show who charged where`, `chmod 0700 ${stateDir}`);
  }
}

/** `root:dialout 660` */
function modeText({ mode, uid, gid }: Deno.FileInfo, root: string): string {
  const owner = findAccount(uid ?? 0, root)?.name ?? String(uid);
  return `${owner}:${groupName(gid ?? 0, root)} ${((mode ?? 0) & 0o777).toString(8).padStart(3, "0")}`;
}

function readableByAll(path: string): boolean {
  return ((infoOrNothing(path)?.mode ?? 0) & 0o004) !== 0;
}

function infoOrNothing(path: string): Deno.FileInfo | undefined {
  try {
    return infoOf(path);
  } catch {
    return undefined;
  }
}
