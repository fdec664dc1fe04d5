import { join } from "node:path";
import { get } from "node:http";
import { hostPortText } from "../base/endpoint.ts";
import { errorText } from "../base/log.ts";
import { isRoot } from "./account.ts";
import type { DeviceUser } from "./device_users.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";
import { listenersOn } from "./listeners.ts";

type Address = NonNullable<Examined["settings"]["metrics"]>["listen"];

/** A busy service answers within this time. */
const pageMs = 10_000;
/** A metric that each page of the service has. */
const ownMetric = "wattseal_build_info{";
/** First port for every user, unless the kernel has another setting. */
const usualFirstPort = 1_024;

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
    const { status, text } = await read(url);
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

function checkAddress(findings: Findings, { host, port }: Address, { root, account }: Examined): void {
  const address = hostPortText({ host, port });
  const firstPort = firstPortOf(root);
  if (port < firstPort && !isRoot(account)) {
    findings.problem(
      `User ${account.name} may not listen on ${address}: ports below ${firstPort} are for root`,
      `set metrics.listen to a port from ${firstPort}`,
    );
    return;
  }
  try {
    // For an instant, as the service would
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      const users = listenersOn({ host, port }, root);
      const by = users.length === 0 ? "another process; only root sees those of other users" : namesOf(users);
      findings.problem(`${address} is used by ${by}`, `stop it, or ${otherPort}`);
    } else if (error instanceof Deno.errors.PermissionDenied) {
      findings.unknown(`Cannot test ${address} as this user`, "run doctor as root");
    } else {
      const reason = error instanceof Deno.errors.AddrNotAvailable
        ? "no network of this machine has it"
        : errorText(error);
      findings.problem(
        `The service cannot listen on ${address}: ${reason}`,
        "set metrics.listen to 127.0.0.1 or an address that ip address lists",
      );
    }
    return;
  }
  if (/^(0\.0\.0\.0|[0:]+)$/.test(host)) {
    findings.warning(
      `${address} is free, and on all networks of this machine; the page has no password`,
      "set metrics.listen to the address of one network, or allow only Prometheus in the firewall",
    );
  } else findings.ok(`${address} is free`);
}

const otherPort = "set metrics.listen to another port";

function firstPortOf(root: string): number {
  try {
    return Number(Deno.readTextFileSync(join(root, "proc/sys/net/ipv4/ip_unprivileged_port_start")));
  } catch {
    return usualFirstPort;
  }
}

function namesOf(users: readonly DeviceUser[]): string {
  return users.map(({ pid, name }) => `process ${pid} (${name})`).join(", ");
}

/** The page. Unlike `fetch`, it uses no proxy of the environment. @throws no answer */
function read(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(pageMs) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => text += part);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
