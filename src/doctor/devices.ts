import { endpointText } from "../base/endpoint.ts";
import { fileProblem } from "../base/file_problem.ts";
import type { LineSettings } from "../config/mod.ts";
import { isRoot } from "./account.ts";
import { usersOf } from "./device_users.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

/** Checks the device or the gateway of each line, without opening it: a line has one master. */
export function checkDevices(examined: Examined): readonly Finding[] {
  const findings = new Findings("device");
  for (const line of examined.settings.lines) checkDevice(findings, line, examined);
  return findings.all;
}

function checkDevice(findings: Findings, { name, endpoint }: LineSettings, examined: Examined): void {
  const where = `line ${name}: ${endpointText(endpoint)}`;
  if (endpoint.kind === "tcp" || endpoint.kind === "modbus-tcp") {
    findings.unknown(`${where} is not tested: a connection could take the gateway from the service`);
    return;
  }
  let path: string;
  let info: Deno.FileInfo;
  try {
    path = Deno.realPathSync(endpoint.path);
    info = Deno.statSync(path);
  } catch (error) {
    const remedy = endpoint.kind === "serial"
      ? "plug the adapter in, and compare the path with those that scan lists"
      : "start the bridge of this line";
    findings.problem(`${where}: ${fileProblem(error)}`, remedy);
    return;
  }
  if (endpoint.kind === "unix") {
    if (info.isSocket) findings.ok(`${where} is a socket`);
    else findings.problem(`${where} is not a socket`, "start the bridge of this line");
    return;
  }
  if (info.isCharDevice) checkUsers(findings, where, path, examined);
  else findings.problem(`${where} is not a character device`, "name the serial port of the adapter: scan lists them");
}

function checkUsers(findings: Findings, where: string, path: string, { root, account, servicePid }: Examined): void {
  const users = usersOf(path, root);
  const others = users.filter(({ pid }) => pid !== servicePid);
  if (path.startsWith("/dev/pts/")) {
    // Whoever simulates a meter has opened this end, too
    findings.ok(`${where} is a pseudo-terminal, for tests`);
  } else if (others.length > 0) {
    const named = others.map(({ pid, name }) => `process ${pid} (${name})`).join(", ");
    findings.problem(`${where} is used by ${named}`, "stop it: a line can have only one master");
  } else if (users.length > 0) findings.ok(`${where} is used by the service (process ${servicePid})`);
  else if (isRoot(account) || Deno.uid() === 0) findings.ok(`${where} is a device, and no process uses it`);
  else findings.ok(`${where} is a device; only root sees which processes of other users use it`);
}
