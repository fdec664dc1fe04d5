import { type StreamKind, streamName } from "./streams.ts";

/** Who uses the bus: the service of a site, or a client of many sites. */
export type Role = "node" | "viewer" | "controller" | "billing";

/** Permissions of one user, as the server's configuration has them. */
export interface Rights {
  /** Subjects of `publish: { allow: [...] }`. */
  readonly publish: readonly string[];
  /** Subjects of `subscribe: { allow: [...] }`. */
  readonly subscribe: readonly string[];
  /** `allow_responses`; absent: the role answers nothing. */
  readonly allowResponses?: ResponseRights;
}

/** How often and for how long a request may be answered on a subject that is not among the rights. */
export interface ResponseRights {
  readonly max: number;
  readonly expiresMinutes: number;
}

/** What the subjects of a role depend on. */
export interface RightsScope {
  /** Tokens joined by dots. */
  readonly prefix: string;
  /** One token; `*` is every site. */
  readonly site: string;
  /** First tokens of the subjects on which the user gets its answers. */
  readonly inboxPrefix: string;
  /** JetStream domain, where the configuration names one. */
  readonly domain?: string | undefined;
  /** Streams that the node creates; none where an administrator does. @default none */
  readonly creates?: readonly StreamKind[];
}

/**
 * How long an answer may take. A request waits up to ten minutes where its `Wattseal-Timeout-Ms` says so, and what it
 * asks for is done after that.
 */
const allowResponses: ResponseRights = { max: 1, expiresMinutes: 11 };

/**
 * The least permissions with which a role works. Nothing else in the code states them: the faults that name a missing
 * permission and the example files are compared with this list.
 */
export function neededRights(role: Role, scope: RightsScope): Rights {
  const own = rightsOf[role](scope);
  return { ...own, subscribe: [...own.subscribe, `${scope.inboxPrefix}.>`] };
}

/** A value of `allow_responses` as the server's configuration has it. */
export function responsesText({ max, expiresMinutes }: ResponseRights): string {
  return `{ max: ${max}, expires: "${expiresMinutes}m" }`;
}

/**
 * The permissions that a hub gives to the leaf connection of an edge whose JetStream domain is named like its site.
 * `publish` is what comes from the edge, `subscribe` is what the hub sends to it.
 *
 * @param answerPrefixes first tokens of the inboxes of those at the hub who send requests to the edge; a leaf connection
 *   has no `allow_responses`
 */
export function leafRights(
  { prefix, site }: Pick<RightsScope, "prefix" | "site">,
  answerPrefixes: readonly string[],
): Rights {
  const own = `${prefix}.${site}`;
  return {
    // The hub's sources get messages on $JS.S, and the answers to the requests for their consumers on $JSC.R.
    publish: [`${own}.>`, "$JS.S.>", "$JSC.R.>", ...answerPrefixes.map((inbox) => `${inbox}.>`)],
    // Requests to the site. Server 2.9 compares the subject of a queue subscription together with the name of its queue:
    // of `<own>.*.acknowledge` nothing would get through.
    subscribe: [`${own}.>`, "$SRV.>", `$JS.${site}.API.>`, "$JS.FC.>"],
  };
}

/**
 * Permissions that the node uses where it has them; without them it works all the same: what room an account has, and
 * whether a stream, whatever its name, has a record whose acknowledgement did not arrive, or still has one that it had.
 */
export function optionalRights({ prefix, site, domain }: RightsScope): string[] {
  const api = apiPrefix(domain);
  return [`${api}.INFO`, `${api}.STREAM.MSG.GET.*`, `${api}.DIRECT.GET.*.${prefix}.${site}.>`];
}

const rightsOf: Readonly<Record<Role, (scope: RightsScope) => Rights>> = { node, viewer, controller, billing };

const kinds: readonly StreamKind[] = ["ocmf", "readings", "state"];

function node(scope: RightsScope): Rights {
  const { prefix, site, creates = [] } = scope;
  const api = apiPrefix(scope.domain);
  const own = `${prefix}.${site}`;
  return {
    publish: [
      `${own}.>`,
      ...kinds.map((kind) => `${api}.STREAM.INFO.${streamName(prefix, kind)}`),
      ...creates.map((kind) => `${api}.STREAM.CREATE.${streamName(prefix, kind)}`),
      `${api}.STREAM.NAMES`,
      `${api}.DIRECT.GET.${streamName(prefix, "state")}.${own}.>`,
    ],
    subscribe: [
      `${own}.*.*.get`,
      `${own}.*.transaction.*`,
      `${own}.*.acknowledge`,
      `${own}._node.redeliver`,
      "$SRV.>",
    ],
    allowResponses,
  };
}

/** Sees what is published but records, which say who charged, and asks for values. */
function viewer(scope: RightsScope): Rights {
  const { prefix, site } = scope;
  const state = streamName(prefix, "state");
  const api = apiPrefix(scope.domain);
  const own = `${prefix}.${site}.*`;
  return {
    publish: [
      ...["reading", "public_key", "status"].map((value) => `${own}.${value}.get`),
      ...["PING", "INFO", "STATS"].map((verb) => `$SRV.${verb}.wattseal`),
      "$SRV.INFO.wattseal.*",
      `${api}.STREAM.INFO.${state}`,
      `${api}.STREAM.NAMES`,
      `${api}.DIRECT.GET.${state}.${prefix}.${site}.>`,
      `${api}.CONSUMER.CREATE.${state}`,
      // Without it the server stops after some thousand states
      `$JS.FC.${state}.>`,
    ],
    subscribe: ["reading", "public_key", "status", "fault.*"].map((value) => `${own}.${value}`),
  };
}

function controller({ prefix, site }: RightsScope): Rights {
  return { publish: [`${prefix}.${site}.*.transaction.*`, `${prefix}.${site}.*.*.get`], subscribe: [] };
}

/** Takes records from the durable consumer `billing`, which an administrator makes. */
function billing(scope: RightsScope): Rights {
  const consumer = `${streamName(scope.prefix, "ocmf")}.billing`;
  return {
    publish: [`${apiPrefix(scope.domain)}.CONSUMER.MSG.NEXT.${consumer}`, `$JS.ACK.${consumer}.>`],
    subscribe: [],
  };
}

/** First tokens of the subjects on which JetStream takes requests. */
export function apiPrefix(domain: string | undefined): string {
  return domain === undefined ? "$JS.API" : `$JS.${domain}.API`;
}
