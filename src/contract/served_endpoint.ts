import { type Endpoint, endpoints, type EndpointTools } from "./endpoints.ts";
import { type NodeEndpoint, nodeEndpoints, type NodeEndpointsOptions } from "./node_endpoints.ts";
import type { TransportParts } from "./publisher.ts";
import type { SchemaName } from "./schemas.ts";
import type { ServedMeter } from "./served_meter.ts";
import { nodeToken, type Subjects } from "./subjects.ts";

/** What is served on one subject. */
export interface ServedEndpoint {
  readonly subject: string;
  /** End of the subject: `reading.get`. */
  readonly suffix: string;
  /** The meter, or `_node` for the process itself. */
  readonly meter: string;
  /** Absent: that of the service, in which one of several processes answers. */
  readonly queue?: string;
  /** Absent: the payload of a request does not matter. */
  readonly request?: SchemaName;
  readonly response: SchemaName;
  /** What it does, for messages: `read evse-1`. */
  readonly doing: string;
  /**
   * Answers; undefined where the request is for somebody else.
   *
   * @param body the request's JSON object
   * @param untilMs monotonic time in milliseconds until which the request may wait before anything of it is begun
   */
  answer(body: object, untilMs: number): Promise<object | undefined> | object | undefined;
  /** Whether a request is taken although too many wait. @default none is */
  isNeverRefused?(body: object): boolean;
}

/** Every endpoint of every meter. */
export function servedByMeters(
  subjects: Subjects,
  meters: readonly ServedMeter[],
  endpoints: readonly Endpoint[],
): ServedEndpoint[] {
  return meters.flatMap((served) =>
    endpoints.map((endpoint) => ({
      subject: subjects.of(served.name, endpoint.suffix),
      suffix: endpoint.suffix,
      meter: served.name,
      ...(endpoint.request === undefined ? {} : { request: endpoint.request }),
      response: endpoint.response,
      doing: `${endpoint.verb} ${served.name}`,
      answer: (body: object, untilMs: number) => endpoint.answer(served, body, untilMs),
      isNeverRefused: (body: object) => endpoint.isNeverRefused?.(served, body) ?? false,
    }))
  );
}

/** What the requests to a site are answered with. */
export interface AnswerTools extends EndpointTools, Pick<NodeEndpointsOptions, "maxPayload" | "wake"> {}

/** Every endpoint of a site. */
export function servedBySite(subjects: Subjects, parts: TransportParts, tools: AnswerTools): ServedEndpoint[] {
  const { meters, identity: { instance } } = parts;
  return [
    ...servedByMeters(subjects, meters, endpoints(tools)),
    ...servedByNode(subjects, instance, nodeEndpoints({ ...parts, ...tools, instance })),
  ];
}

/**
 * The endpoints of the process itself. Each process of a site answers, because each has a journal and meters of its own;
 * a request that names an `instance` is answered by that one only.
 */
export function servedByNode(
  subjects: Subjects,
  instance: string,
  endpoints: readonly NodeEndpoint[],
): ServedEndpoint[] {
  return endpoints.map(({ suffix, request = "NodeReq", response, verb, answer }) => ({
    subject: subjects.of(nodeToken, suffix),
    suffix,
    meter: nodeToken,
    // Of one queue group only one process gets a request
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
