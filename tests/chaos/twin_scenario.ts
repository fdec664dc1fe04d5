import { recordFindings, settled } from "./checks.ts";
import { Station, transact } from "./edge.ts";
import { Hub } from "./hub.ts";
import type { Outcome } from "./outcome.ts";
import { untilStopped } from "./until_stopped.ts";

/** A second station with the name of the first one starts and stops, and the first one stops before the second. */
export async function twins(transactions: number): Promise<Outcome> {
  await using hub = await Hub.start(1);
  const servers = hub.addresses;
  const first = await Station.start({ site: "site-1", servers, seed: 1 });
  await using second = await (async () => {
    await using owned = new AsyncDisposableStack();
    owned.use(first);
    await first.service.metersTried;
    const twin = owned.use(await Station.start({ site: "site-1", servers, seed: 2 }));
    for (let count = 0; count < transactions; count++) await transact(hub.client, "site-1", "evse-1", `tx-${count}`);
    await first.delivered();
    owned.move();
    return twin;
  })();
  const ids = first.recordIds();
  await first[Symbol.asyncDispose]();
  const repeated = await untilStopped(hub.client, "site-1", "evse-1", "of-the-second");
  await second.delivered();
  const findings = await settled(async () => {
    const stored = await hub.stored("WATTSEAL_OCMF");
    return recordFindings("site-1", [...ids, ...second.recordIds()], stored);
  });
  if (ids.length !== transactions) findings.push(`${transactions} transactions left ${ids.length} records`);
  return {
    findings,
    facts: [`${ids.length} records of the first, ${repeated} requests repeated until the second served`],
  };
}
