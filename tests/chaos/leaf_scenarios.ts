import { systemTime, type Time } from "../../src/base/time.ts";
import { startBody } from "../crash/start_body.ts";
import { recordFindings, settled } from "./checks.ts";
import { ask, transact } from "./edge.ts";
import { Edges } from "./edges.ts";
import type { Outcome } from "./outcome.ts";
import { untilStopped } from "./until_stopped.ts";

const transactions = 3;
/** Time for the node's redelivery and the source before an audit. */
const aloneMs = 30_000;

/** A leaf node is disconnected from its hub before a transaction starts and until after it has ended. */
export async function leafCut(cutMs: number): Promise<Outcome> {
  await using edges = await Edges.start(2);
  await interrupted(edges, "refuse", cutMs);
  return await edges.outcome([`cut for ${cutMs / 1000} s`]);
}

/** The link to the hub accepts everything and forwards nothing. */
export async function blackHole(holeMs: number): Promise<Outcome> {
  await using edges = await Edges.start(1);
  await interrupted(edges, "swallow", holeMs);
  return await edges.outcome([`black hole for ${holeMs / 1000} s`]);
}

/** Everything on the link to the hub is delayed. */
export async function slowLink(delayMs: number): Promise<Outcome> {
  await using edges = await Edges.start(1);
  const { first, hub } = edges;
  first.link.delayMs = delayMs;
  for (let count = 1; count <= transactions; count++) await transact(hub.client, first.site, "evse-1", `slow-${count}`);
  first.link.delayMs = 0;
  return await edges.outcome([`each portion of bytes ${delayMs} ms late in both directions`]);
}

/** The clock of a station is an hour ahead. */
export async function skewedClock(aheadMs: number): Promise<Outcome> {
  const time: Time = {
    now: () => systemTime.now() + aheadMs,
    mono: () => systemTime.mono(),
    sleep: (ms, signal) => systemTime.sleep(ms, signal),
  };
  await using edges = await Edges.start(1, { time });
  await interrupted(edges, "refuse", 5_000);
  return await edges.outcome([`clock ${aheadMs / 60_000} min ahead`]);
}

/** An edge server loses its store while disconnected: the hub's source continues in a stream that started again. */
export async function edgeStoreLost(): Promise<Outcome> {
  await using edges = await Edges.start(1);
  const { first, hub } = edges;
  await transact(hub.client, first.site, "evse-1", "before");
  await first.station.delivered();
  const stored = async () => recordFindings(first.site, first.station.recordIds(), await hub.stored("WATTSEAL_OCMF"));
  const findings = await settled(stored);
  first.link.refuse();
  for (let count = 1; count <= transactions; count++) {
    await transact(first.client, first.site, "evse-1", `lost-${count}`);
  }
  await first.station.delivered();
  await first.server.stop("SIGKILL");
  await first.server.wipeStore();
  await first.server.restart();
  for (const id of ["after-1", "after-2"]) await untilStopped(first.client, first.site, "evse-2", id);
  await first.station.delivered();
  first.link.cut();
  const alone = await settled(stored, aloneMs);
  const { repairs, counts } = await edges.audit(true);
  const unordered = (found: readonly string[]) => found.filter((text) => !text.includes("order"));
  findings.push(...unordered(await settled(async () => unordered(await stored()))));
  const { findings: left } = await edges.audit(false);
  const facts = [
    `before the audit: ${alone.join(", ") || "all there"}`,
    `repairs: ${repairs.join("; ") || "none"}`,
    `${counts.copies} identical copies at the hub`,
  ];
  return { findings: [...findings, ...left.map(({ message }) => message)], facts };
}

async function interrupted({ first, others, hub }: Edges, fault: "refuse" | "swallow", ms: number): Promise<void> {
  await transact(hub.client, first.site, "evse-2", "before");
  first.link[fault]();
  const endMs = systemTime.mono() + ms;
  await ask(first.client, `wattseal.${first.site}.evse-1.transaction.start`, startBody("meanwhile"));
  for (const { site } of others) await transact(hub.client, site, "evse-1", "elsewhere");
  await systemTime.sleep((endMs - systemTime.mono()) / 2);
  await ask(first.client, `wattseal.${first.site}.evse-1.transaction.stop`, { transaction_id: "meanwhile" });
  await systemTime.sleep(endMs - systemTime.mono());
  first.link.cut();
}
