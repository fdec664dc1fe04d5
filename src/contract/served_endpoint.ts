import { TransactionError } from "../transaction/mod.ts";
import { type Endpoint, endpoints, type EndpointTools } from "./endpoints.ts";
import { type NodeEndpoint, nodeEndpoints, type NodeEndpointsOptions } from "./node_endpoints.ts";
import type { TransportParts } from "./publisher.ts";
import type { SchemaName } from "./schemas.ts";
import type { ServedMeters } from "./served_meters.ts";
import { nodeToken, type Subjects } from "../base/subjects.ts";

/** An endpoint on one subject. */
export interface ServedEndpoint {
  readonly subject: string;
  /** End of the subject: `reading.get`. */
  readonly suffix: string;
  /** The meter, or `_node` for the process. */
  readonly meter: string;
  /** Undefined: the queue group of the service, in which one of several processes answers. */
  readonly queue?: string;
  /** Undefined: the payload of a request is ignored. */
  readonly request?: SchemaName;
  readonly response: SchemaName;
  /** The operation, for messages: `read evse-1`. */
  readonly doing: string;
  /**
   * Returns the answer; undefined: the request is for another process.
   *
   * @param body JSON object of the request
   * @param untilMs monotonic time in milliseconds until which the request may wait before its work begins
   */
  answer(body: object, untilMs: number): Promise<object | undefined> | object | undefined;
  /** Whether a request is accepted even if too many are waiting. @default none is */
  isNeverRefused?(body: object): boolean;
  /** An answer without optional fields, for one that is longer than a message may be. @default there is none */
  shorten?(answer: object): object;
}

/**
 * The endpoints of the meter `name`. Each request finds the meter that has the name when the request begins, because
 * another object may take its place.
 */
export function servedByMeter(
  subjects: Subjects,
  name: string,
  meters: Pick<ServedMeters, "get">,
  endpoints: readonly Endpoint[],
): ServedEndpoint[] {
  return endpoints.map((endpoint) => {
    const doing = `${endpoint.verb} ${name}`;
    return {
      subject: subjects.of(name, endpoint.suffix),
      suffix: endpoint.suffix,
      meter: name,
      ...(endpoint.request === undefined ? {} : { request: endpoint.request }),
      response: endpoint.response,
      doing,
      answer: (body: object, untilMs: number) => {
        const served = meters.get(name);
        if (served === undefined) throw new TransactionError("METER_OFFLINE", `Cannot ${doing}: ${removedText}`);
        return endpoint.answer(served, body, untilMs);
      },
      isNeverRefused: (body: object) => {
        const served = meters.get(name);
        return served !== undefined && (endpoint.isNeverRefused?.(served, body) ?? false);
      },
      ...(endpoint.shorten === undefined ? {} : { shorten: endpoint.shorten }),
    };
  });
}

const removedText = "this process no longer serves the meter";

/** The functions that the endpoints of a site call. */
export interface AnswerTools extends EndpointTools, Pick<NodeEndpointsOptions, "maxPayload" | "wake"> {}

/** The endpoints of a site. */
export interface SiteEndpoints {
  readonly ofNode: readonly ServedEndpoint[];
  /** The endpoints of the meter with this name. */
  ofMeter(name: string): readonly ServedEndpoint[];
}

/** Every endpoint of a site. */
export function servedBySite(
  subjects: Subjects,
  parts: Omit<TransportParts, "meters"> & { readonly meters: ServedMeters },
  tools: AnswerTools,
): SiteEndpoints {
  const { meters, identity: { instance } } = parts;
  const all = endpoints(tools);
  return {
    ofNode: servedByNode(subjects, instance, nodeEndpoints({ ...parts, ...tools, instance })),
    ofMeter: (name) => servedByMeter(subjects, name, meters, all),
  };
}

/**
 * The endpoints of the process. Each process of a site answers, because each has its own journal and meters. Only the
 * named process answers a request with `instance`.
 */
function servedByNode(
  subjects: Subjects,
  instance: string,
  endpoints: readonly NodeEndpoint[],
): ServedEndpoint[] {
  return endpoints.map(({ suffix, request = "NodeReq", response, verb, answer }) => ({
    subject: subjects.of(nodeToken, suffix),
    suffix,
    meter: nodeToken,
    // In one queue group, only one process would get a request
    queue: instance,
    request,
    response,
    doing: `${verb} this node`,
    answer: (body: object) => isFor(instance, body) ? answer(body) : undefined,
  }));
}

function isFor(instance: string, body: object): boolean {
  const wanted = "instance" in body ? body.instance : undefined;
  return wanted === undefined || wanted === null || wanted === instance;
}
