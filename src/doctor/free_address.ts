import { join } from "node:path";
import { hostPortText } from "../base/endpoint.ts";
import { errorText } from "../base/log.ts";
import { isRoot } from "./account.ts";
import type { Examined } from "./examined.ts";
import type { Findings } from "./finding.ts";
import { listenersOn, namesOf } from "./listeners.ts";

/** First port for every user, unless the kernel has another setting. */
const usualFirstPort = 1_024;

/**
 * Whether the account can listen on an address that nobody uses. Otherwise the reason is added to the findings.
 *
 * @param names `key`: the setting with the address; `listener`: who listens there, as the begin of a sentence
 */
export function isFree(
  findings: Findings,
  { host, port }: { readonly host: string; readonly port: number },
  { root, account }: Pick<Examined, "root" | "account">,
  { key, listener }: { readonly key: string; readonly listener: string },
): boolean {
  const address = hostPortText({ host, port });
  const firstPort = firstPortOf(root);
  if (port < firstPort && !isRoot(account)) {
    findings.problem(
      `User ${account.name} may not listen on ${address}: ports below ${firstPort} are for root`,
      `set ${key} to a port from ${firstPort}`,
    );
    return false;
  }
  try {
    // For an instant, as the listener would
    Deno.listen({ hostname: host, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      const users = listenersOn({ host, port }, root);
      const by = users.length === 0 ? "another process; only root sees those of other users" : namesOf(users);
      findings.problem(`${address} is used by ${by}`, `stop it, or set ${key} to another port`);
    } else if (error instanceof Deno.errors.PermissionDenied) {
      findings.unknown(`Cannot test ${address} as this user`, "run doctor as root");
    } else {
      const reason = error instanceof Deno.errors.AddrNotAvailable
        ? "no network of this machine has it"
        : errorText(error);
      findings.problem(
        `${listener} cannot listen on ${address}: ${reason}`,
        `set ${key} to 127.0.0.1 or an address that ip address lists`,
      );
    }
    return false;
  }
}

function firstPortOf(root: string): number {
  try {
    return Number(Deno.readTextFileSync(join(root, "proc/sys/net/ipv4/ip_unprivileged_port_start")));
  } catch {
    return usualFirstPort;
  }
}
