import { auditSite } from "../../src/fleet/audit.ts";
import type { SiteAudit } from "../../src/fleet/audit_result.ts";
import { lateReadings, readingFindings, recordFindings, settled } from "./checks.ts";
import { Edge } from "./edge.ts";
import { Hub, storedIn } from "./hub.ts";
import { addHubStreams } from "./hub_streams.ts";
import type { Outcome } from "./outcome.ts";

const streams = ["WATTSEAL_OCMF", "WATTSEAL_READINGS"] as const;

/** Stations with their own servers in one account, whose streams are sources of a hub. */
export class Edges implements AsyncDisposable {
  readonly hub: Hub;
  readonly first: Edge;
  readonly others: readonly Edge[];
  readonly #owned: AsyncDisposableStack;

  private constructor(hub: Hub, first: Edge, others: readonly Edge[], owned: AsyncDisposableStack) {
    this.hub = hub;
    this.first = first;
    this.others = others;
    this.#owned = owned;
  }

  /** @param options options of the first edge; the others have the defaults */
  static async start(others: number, options: Parameters<typeof Edge.start>[3] = {}): Promise<Edges> {
    await using parts = new AsyncDisposableStack();
    const hub = parts.use(await Hub.start(1));
    const first = parts.use(await Edge.start(hub, "site-1", 1, options));
    const rest: Edge[] = [];
    for (let number = 2; number <= others + 1; number++) {
      rest.push(parts.use(await Edge.start(hub, `site-${number}`, number)));
    }
    await addHubStreams(hub, [first, ...rest].map(({ site }) => site));
    return new Edges(hub, first, rest, parts.move());
  }

  /** Problems at the hub and in the streams of the edges, after everything had time to arrive. */
  async outcome(facts: readonly string[] = []): Promise<Outcome> {
    const edges = [this.first, ...this.others];
    for (const { station } of edges) await station.delivered();
    // Later readings can still be in transit
    const live = edges.map((edge) => [...edge.live.ids]);
    const findings = await settled(async () => {
      const records = await this.hub.stored("WATTSEAL_OCMF");
      const readings = await this.hub.stored("WATTSEAL_READINGS");
      return edges.flatMap(({ site, station }, index) => [
        ...recordFindings(site, station.recordIds(), records),
        ...readingFindings(site, live[index] ?? [], readings),
      ]);
    });
    const late = lateReadings(this.first.site, await this.hub.stored("WATTSEAL_READINGS"));
    return {
      findings: [...findings, ...await foreign(edges)],
      facts: [...facts, `${this.first.live.ids.length} readings of ${this.first.site}, ${late} behind a later one`],
    };
  }

  /** Findings of the comparison of the first site's journal with the hub. */
  audit(repair: boolean): Promise<SiteAudit> {
    return auditSite(this.hub.client, { site: this.first.site, prefix: "wattseal", repair });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

/** Messages of other sites in the streams of the edges. */
async function foreign(edges: readonly Edge[]): Promise<string[]> {
  const findings: string[] = [];
  for (const { site, client } of edges) {
    for (const stream of streams) {
      const count = (await storedIn(client, stream)).filter(({ subject }) => subject.split(".")[1] !== site).length;
      if (count > 0) findings.push(`${stream} of ${site} holds ${count} messages of other sites`);
    }
  }
  return findings;
}
