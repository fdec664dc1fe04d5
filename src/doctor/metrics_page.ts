import { hostPortText } from "../base/endpoint.ts";
import { errorText } from "../base/log.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";
import { isFree } from "./free_address.ts";
import { listenersOn, namesOf } from "./listeners.ts";
import { readPage } from "./read_page.ts";

type Address = NonNullable<Examined["settings"]["metrics"]>["listen"];

/** A metric that each page of the service has. */
const ownMetric = "wattseal_build_info{";

/** Checks the address of the page for Prometheus, and the page if the service runs. */
export async function checkMetricsPage(examined: Examined): Promise<readonly Finding[]> {
  const findings = new Findings("metrics");
  const { settings: { metrics }, servicePid } = examined;
  if (metrics === undefined) findings.ok("There is no page for Prometheus: metrics.listen is not set");
  else if (servicePid !== undefined) await checkPage(findings, metrics.listen, servicePid, examined);
  else checkAddress(findings, metrics.listen, examined);
  return findings.all;
}

async function checkPage(findings: Findings, address: Address, servicePid: number, { root }: Examined): Promise<void> {
  const url = `http://${hostPortText(address)}/metrics`;
  const users = listenersOn(address, root);
  const isOwn = users.length === 0 || users.some(({ pid }) => pid === servicePid);
  try {
    const { status, text } = await readPage(url);
    if (status === 200 && text.includes(ownMetric) && isOwn) {
      findings.ok(`The service provides ${url}`);
      return;
    }
    const by = users.length > 0 && !isOwn ? namesOf(users) : "another program";
    findings.problem(`${url} is provided by ${by}, not by this service`, `stop it, or ${otherPort}`);
  } catch (error) {
    findings.problem(
      `The service runs, but ${url} does not answer: ${errorText(error)}`,
      "wattseal reload puts a changed address into force; otherwise the log of the service has the reason",
    );
  }
}

function checkAddress(findings: Findings, address: Address, examined: Examined): void {
  if (!isFree(findings, address, examined, { key: "metrics.listen", listener: "The service" })) return;
  const text = hostPortText(address);
  if (isWildcard(address.host)) {
    findings.warning(
      `${text} is free, and on all networks of this machine; the page has no password`,
      "set metrics.listen to the address of one network, or allow only Prometheus in the firewall",
    );
  } else findings.ok(`${text} is free`);
}

const otherPort = "set metrics.listen to another port";

/** Whether a name of an address stands for all networks. */
function isWildcard(host: string): boolean {
  return /^(0\.0\.0\.0|[0:]+)$/.test(host);
}
