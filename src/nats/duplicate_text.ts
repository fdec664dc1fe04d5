import { printable } from "../base/text.ts";
import type { NodeIdentity } from "../base/node_identity.ts";
import { type Twin, unnamedInstance } from "./peers.ts";

/** This process and its twins. */
export interface DuplicateParts {
  readonly site: string;
  readonly own: NodeIdentity;
  /** Whether this process serves its meters. */
  readonly isActive: boolean;
  readonly twins: readonly Twin[];
}

/** Message of the fault `DuplicateSite`: the other process, where it runs, and what to do. */
export function duplicateText({ site, own, isActive, twins }: DuplicateParts): string {
  const others = twins.slice(0, maxNamed).map((twin) => twinText(own, twin)).join("; ");
  const more = twins.length > maxNamed ? `; and ${twins.length - maxNamed} more` : "";
  const what = !isActive
    ? `This process does not serve its meters, because another process has meters with the same names at site ${site}; ` +
      "it starts when the other process has stopped"
    : twins.some(({ payload }) => payload.state === "active")
    ? `Another process serves meters with the same names at site ${site}, so requests can reach either of the two`
    : `Another process has meters with the same names at site ${site}; it waits until this process has stopped`;
  return `${what}. The other process: ${others}${more}. ` +
    `Give one of the two another site or other meter names, or stop it`;
}

/** The most processes and meters that a message names. */
const maxNamed = 5;

function twinText(own: NodeIdentity, { payload, meters }: Twin): string {
  const { instance, replaces, host, client } = payload;
  const named = meters.slice(0, maxNamed).join(", ");
  const more = meters.length > maxNamed ? ` and ${meters.length - maxNamed} more` : "";
  return printable([
    instance === unnamedInstance ? "an earlier release, which does not report its process id" : `instance ${instance}`,
    ...(host === undefined ? [] : [`on host ${host}`]),
    ...(client === undefined ? [] : [`NATS client ${client}`]),
    `meters ${named}${more}`,
    ...(replaces === own.instance || instance === own.replaces ? ["with a copy of the same state folder"] : []),
  ].join(", "));
}
