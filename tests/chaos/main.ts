/**
 * Breaks a fleet on real servers in many ways and counts the records and readings that arrive at the hub.
 *
 *     deno task chaos [--only leaf-cut,black-hole]
 */
import { print, readTaskParts } from "../support/task_parts.ts";
import { leadersLost, serverKilled } from "./hub_scenarios.ts";
import { blackHole, edgeStoreLost, leafCut, skewedClock, slowLink } from "./leaf_scenarios.ts";
import type { Outcome } from "./outcome.ts";
import { spoolsAtOnce } from "./spool_scenario.ts";
import { twins } from "./twin_scenario.ts";

const scenarios: Readonly<Record<string, () => Promise<Outcome>>> = {
  "leaf-cut": () => leafCut(70_000),
  "black-hole": () => blackHole(30_000),
  "slow-link": () => slowLink(300),
  "clock-skew": () => skewedClock(3_600_000),
  "edge-store-lost": edgeStoreLost,
  "server-killed": () => serverKilled(200, 10_000),
  "leaders-lost": () => leadersLost(100, 3),
  "twins": () => twins(20),
  "spools-at-once": () => spoolsAtOnce(1000),
};

const help = `Breaks a fleet on real servers; exit code 1 when anything was lost, doubled or misplaced.

  --only A,B   these scenarios: ${Object.keys(scenarios).join(", ")}

Example: deno task chaos --only leaf-cut
`;

const { chosen } = readTaskParts({ kind: "scenario", names: Object.keys(scenarios), help });

for (const name of chosen) {
  const outcome = await scenarios[name]?.();
  if (outcome === undefined) continue;
  const { findings, facts } = outcome;
  print(
    `${name}: ${findings.length === 0 ? "nothing lost, doubled or misplaced" : findings.join("; ")} (${
      facts.join(", ")
    })\n`,
  );
  if (findings.length > 0) Deno.exitCode = 1;
}
