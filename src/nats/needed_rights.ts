import { apiPrefix } from "../base/stream_names.ts";
import { type StreamKind, streamKinds, streamName } from "./streams.ts";

export { apiPrefix };

/** Role of a NATS user: the service of a site, the process for EVerest of a site, or a client of many sites. */
export type Role = "node" | "viewer" | "controller" | "billing" | "web" | "everest";

/** Permissions of one user, in the terms of the server configuration. */
export interface Rights {
  /** Subjects of `publish: { allow: [...] }`. */
  readonly publish: readonly string[];
  /** Subjects of `subscribe: { allow: [...] }`. */
  readonly subscribe: readonly string[];
  /** `allow_responses`; absent: the role answers no requests. */
  readonly allowResponses?: ResponseRights;
}

/** How often and for how long a request may be answered on a subject that is not in the permissions. */
export interface ResponseRights {
  readonly max: number;
  readonly expiresMinutes: number;
}

/** The values that determine the subjects of a role. */
export interface RightsScope {
  /** Tokens joined by dots. */
  readonly prefix: string;
  /** One token; `*`: every site. */
  readonly site: string;
  /** Prefix of the subjects for answers to the user. */
  readonly inboxPrefix: string;
  /** JetStream domain, if configured. */
  readonly domain?: string | undefined;
  /** Streams that the node uses: without `intervals` if no meter has them. @default all */
  readonly uses?: readonly StreamKind[];
  /** Streams that the node creates; none if an administrator creates them. @default none */
  readonly creates?: readonly StreamKind[];
}

/**
 * Time limit of an answer. With `Wattseal-Timeout-Ms`, a request can wait up to ten minutes, and its work begins after
 * that.
 */
const allowResponses: ResponseRights = { max: 1, expiresMinutes: 11 };

/**
 * The least permissions that a role needs. This is their only definition: the faults that name a missing permission use
 * it, and tests compare the example files with it.
 */
export function neededRights(role: Role, scope: RightsScope): Rights {
  const own = rightsOf[role](scope);
  return { ...own, subscribe: [...own.subscribe, `${scope.inboxPrefix}.>`] };
}

/** A value of `allow_responses` for the server configuration. */
export function responsesText({ max, expiresMinutes }: ResponseRights): string {
  return `{ max: ${max}, expires: "${expiresMinutes}m" }`;
}

/**
 * The permissions of an edge's leaf connection on the hub; the JetStream domain of the edge has the name of its site.
 * `publish`: messages from the edge. `subscribe`: messages from the hub to the edge.
 *
 * @param answerPrefixes prefixes of the inboxes of the clients at the hub that send requests to the edge; a leaf
 *   connection has no `allow_responses`
 */
export function leafRights(
  { prefix, site }: Pick<RightsScope, "prefix" | "site">,
  answerPrefixes: readonly string[],
): Rights {
  const own = `${prefix}.${site}`;
  return {
    // The sources of the hub get messages on $JS.S, and answers to their consumer requests on $JSC.R
    publish: [`${own}.>`, "$JS.S.>", "$JSC.R.>", ...answerPrefixes.map((inbox) => `${inbox}.>`)],
    // Requests to the site. Server 2.9 matches the subject of a queue subscription together with the name of its queue:
    // with `<own>.*.acknowledge`, no request would pass
    subscribe: [`${own}.>`, "$SRV.>", `$JS.${site}.API.>`, "$JS.FC.>"],
  };
}

/**
 * Optional permissions of the node: to read the free room of an account, to check whether a stream with any name has a
 * record whose acknowledgement did not arrive, or still has an earlier record, and to remove the states of a meter.
 */
export function optionalRights({ prefix, site, domain }: RightsScope): string[] {
  const api = apiPrefix(domain);
  const readers = [`${api}.STREAM.MSG.GET.*`, `${api}.DIRECT.GET.*.${prefix}.${site}.>`];
  return [`${api}.INFO`, ...readers, `${api}.STREAM.PURGE.*`];
}

/**
 * The permission to remove the states of a meter. A server cannot limit it to the states of one site, so it belongs to a
 * node only on a server that no other site uses.
 */
export function removalRight({ prefix, domain }: Pick<RightsScope, "prefix" | "domain">): string {
  return `${apiPrefix(domain)}.STREAM.PURGE.${streamName(prefix, "state")}`;
}

const rightsOf: Readonly<Record<Role, (scope: RightsScope) => Rights>> = {
  node,
  viewer,
  controller,
  billing,
  web,
  everest,
};

function node(scope: RightsScope): Rights {
  const { prefix, site, uses = streamKinds, creates = [] } = scope;
  const api = apiPrefix(scope.domain);
  const own = `${prefix}.${site}`;
  return {
    publish: [
      `${own}.>`,
      ...uses.map((kind) => `${api}.STREAM.INFO.${streamName(prefix, kind)}`),
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

/** Receives everything except records, which show who charged, and requests values. */
function viewer(scope: RightsScope): Rights {
  const { prefix, site } = scope;
  const [state, intervals] = [streamName(prefix, "state"), streamName(prefix, "intervals")];
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
      ...[state, intervals].flatMap((stream) => [
        `${api}.CONSUMER.CREATE.${stream}`,
        // Without flow control the server stops after some thousand messages
        `$JS.FC.${stream}.>`,
      ]),
    ],
    subscribe: ["reading", "interval", "public_key", "status", "fault.*"].map((value) => `${own}.${value}`),
  };
}

function controller({ prefix, site }: RightsScope): Rights {
  return { publish: [`${prefix}.${site}.*.transaction.*`, `${prefix}.${site}.*.*.get`], subscribe: [] };
}

/** Reads records from the durable consumer `billing`, which an administrator creates. */
function billing(scope: RightsScope): Rights {
  const consumer = `${streamName(scope.prefix, "ocmf")}.billing`;
  return {
    publish: [`${apiPrefix(scope.domain)}.CONSUMER.MSG.NEXT.${consumer}`, `$JS.ACK.${consumer}.>`],
    subscribe: [],
  };
}

/**
 * The page: reads states, faults, readings and records, and sends no request to a node. It may not delete a consumer,
 * because the server could not limit that to the consumers of the page.
 */
function web(scope: RightsScope): Rights {
  const { prefix, site } = scope;
  const streams = (["state", "readings", "ocmf"] as const).map((kind) => streamName(prefix, kind));
  const [state, readings, records] = streams;
  const api = apiPrefix(scope.domain);
  return {
    publish: [
      ...streams.flatMap((stream) => [`${api}.STREAM.INFO.${stream}`, `${api}.CONSUMER.CREATE.${stream}`]),
      `${api}.STREAM.MSG.GET.${records}`,
      `${api}.CONSUMER.MSG.NEXT.${records}.*`,
      ...[state, readings].map((stream) => `$JS.FC.${stream}.>`),
    ],
    subscribe: ["reading", "status", "fault.*"].map((value) => `${prefix}.${site}.*.${value}`),
  };
}

/** Starts and stops transactions for EVerest, and reads the states and keys of the meters. */
function everest({ prefix, site }: RightsScope): Rights {
  const own = `${prefix}.${site}.*`;
  return {
    publish: ["transaction.start", "transaction.stop", "status.get", "public_key.get"].map((end) => `${own}.${end}`),
    subscribe: [`${own}.reading`],
  };
}
