import { hostPortText } from "../base/endpoint.ts";
import { fileProblem } from "../base/file_problem.ts";
import { isLoopback } from "../base/loopback.ts";
import { isPublic } from "../base/private_files.ts";
import { parseUsers } from "../config/mod.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";
import { isFree } from "./free_address.ts";
import { checkFile } from "./permissions.ts";
import { readPage } from "./read_page.ts";

type Web = NonNullable<Examined["settings"]["web"]>;

/**
 * Checks the address of the page of the fleet and the file with its users. An address that other machines reach without a
 * login is a mistake in the configuration, so it never comes here.
 */
export async function checkWebPage(examined: Examined): Promise<readonly Finding[]> {
  const findings = new Findings("web");
  const { settings: { web } } = examined;
  if (web === undefined) return findings.ok("The section web is not set").all;
  if (await isServed(web)) findings.ok(`The page is at ${urlOf(web)}`);
  else checkAddress(findings, web, examined);
  if (web.passwordHashFile !== undefined) checkUsers(findings, web.passwordHashFile, examined);
  return findings.all;
}

function checkAddress(findings: Findings, { listen, passwordHashFile }: Web, examined: Examined): void {
  if (!isFree(findings, listen, examined, { key: "web.listen", listener: "The page" })) return;
  const address = hostPortText(listen);
  if (passwordHashFile !== undefined && !isLoopback(listen.host)) {
    findings.warning(
      `${address} is free; the page has no TLS, so passwords can be read in the network`,
      "set web.listen to 127.0.0.1, and put a proxy with TLS in front of it",
    );
  } else findings.ok(`${address} is free`);
}

function checkUsers(findings: Findings, path: string, examined: Examined): void {
  const add = `as user ${examined.account.name}: wattseal web --password-hash-file ${path} --add-user NAME`;
  try {
    const { users, mistake } = parseUsers(Deno.readTextFileSync(path));
    if (mistake !== undefined) {
      findings.problem(`Cannot use line ${mistake.line} of ${path}, so web ends: ${mistake.text}`, add);
    } else if (users.size === 0) findings.problem(`${path} has no user`, add);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return void findings.problem(`${path} does not exist`, add);
    // As another user, only its permissions are checked
    if (!(error instanceof Deno.errors.PermissionDenied)) {
      return void findings.problem(`Cannot read ${path}: ${fileProblem(error)}`, "correct web.password_hash_file");
    }
  }
  checkFile(findings, path, "read", examined);
  if (isPublic(path)) {
    findings.problem(
      `Every user of this machine has access to ${path}, which has hashes of passwords`,
      `chmod o= ${path}`,
    );
  }
}

/** Whether a page of this program answers. */
async function isServed(web: Web): Promise<boolean> {
  try {
    const { status, text } = await readPage(`${urlOf(web).replace(/\/$/, "")}/api/session`);
    const answer: unknown = JSON.parse(text);
    return status === 200 && typeof answer === "object" && answer !== null && "login" in answer && "version" in answer;
  } catch {
    return false;
  }
}

function urlOf({ listen, basePath }: Web): string {
  return `http://${hostPortText(listen)}${basePath}`;
}
