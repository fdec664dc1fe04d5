import { X509Certificate } from "node:crypto";
import { fileProblem } from "../base/file_problem.ts";
import { dayMs, timestamp } from "../base/time.ts";
import { credentialsExpiryMs } from "../nats/mod.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

/** Credentials that end sooner must be renewed now. */
const renewMs = 30 * dayMs;

/** Checks when the credentials and certificates for NATS end. */
export function checkCredentials({ settings: { nats }, nowMs }: Examined): readonly Finding[] {
  const findings = new Findings("credentials");
  const { credentialsFile, nkeySeedFile, user, token, tls } = nats;
  if (credentialsFile !== undefined) {
    const repair = "renew them: wattseal fleet operator, or nsc; the service reads the file at its next connection";
    checkEnd(findings, credentialsFile, { endOf: credentialsExpiryMs, repair, nowMs });
  } else if (nkeySeedFile !== undefined) findings.ok(`The key in ${nkeySeedFile} does not expire`);
  else if (user !== undefined) findings.ok(`The password of user ${user} does not expire`);
  else if (token !== undefined) findings.ok("The token does not expire");
  else findings.ok("None are configured");
  for (const path of [tls?.caFile, tls?.certFile]) {
    if (path !== undefined) {
      checkEnd(findings, path, { endOf: certificateEndMs, repair: "renew the certificate", nowMs });
    }
  }
  return findings.all;
}

interface Ending {
  readonly endOf: (content: string) => number | undefined;
  readonly repair: string;
  readonly nowMs: number;
}

function checkEnd(findings: Findings, path: string, { endOf, repair, nowMs }: Ending): void {
  let endMs: number | undefined;
  try {
    endMs = endOf(Deno.readTextFileSync(path));
  } catch (error) {
    findings.problem(
      `Cannot read ${path}: ${fileProblem(error)}`,
      "put the right file there, readable for the service",
    );
    return;
  }
  if (endMs === undefined) findings.ok(`${path} does not expire`);
  else if (endMs <= nowMs) findings.problem(`${path} has expired at ${timestamp(endMs)}`, repair);
  else {
    const days = Math.floor((endMs - nowMs) / dayMs);
    const found = `${path} expires at ${timestamp(endMs)}, in ${days} days`;
    if (endMs - nowMs < renewMs) findings.warning(found, repair);
    else findings.ok(found);
  }
}

/** The first of several certificates that ends. */
function certificateEndMs(pem: string): number | undefined {
  const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (all.length === 0) throw new SyntaxError("it contains no certificate");
  return Math.min(...all.map((one) => Date.parse(new X509Certificate(one).validTo)));
}
