import type { NatsConnection } from "nats";
import { unstoredMeters } from "../base/known_meters.ts";
import {
  NodeReport,
  nodeToken,
  RequestedReadings,
  servedBySite,
  ServedMeters,
  type SiteEndpoints,
  SiteStates,
  StateBoard,
  Statuses,
  Subjects,
} from "../contract/mod.ts";
import type { IntervalQueue } from "../interval/mod.ts";
import { AccessCheck } from "./access_check.ts";
import { Connection } from "./connection.ts";
import { type Denial, usualInbox } from "./missing_permission.ts";
import { Forgetting } from "./forgetting.ts";
import { MicroService } from "./micro_service.ts";
import { IntervalFaults } from "./interval_faults.ts";
import { IntervalOutbox } from "./interval_outbox.ts";
import type { NatsNodeParts } from "./node_parts.ts";
import { Outbox } from "./outbox.ts";
import { publisher } from "./publish.ts";
import { ReadingsDelivery } from "./readings_delivery.ts";
import { faultSubjects, StaleFaults } from "./stale_faults.ts";
import { StreamKeeper } from "./stream_keeper.ts";
import type { StreamPlace } from "./stream_state.ts";
import { streamName } from "./streams.ts";
import { Twins } from "./twins.ts";

/** The functions of a node that its objects call. */
export interface NodeHooks {
  /** Problems with NATS, each a sentence with the remedy. */
  problems(): readonly string[];
  /** Creates missing streams. Returns whether it did. */
  ensureStreams(connection: NatsConnection): Promise<boolean>;
  /** Called when the last twin of this serving process has stopped. */
  onAlone(): void;
}

/** The objects that a node consists of. */
export interface NodeObjects {
  readonly subjects: Subjects;
  /** The meters that are served now. */
  readonly meters: ServedMeters;
  readonly connection: Connection;
  readonly streams: StreamKeeper;
  readonly twins: Twins;
  readonly board: StateBoard;
  readonly access: AccessCheck;
  readonly staleFaults: StaleFaults;
  readonly forgetting: Forgetting;
  readonly readings: ReadingsDelivery;
  readonly report: NodeReport;
  readonly requestedReadings: RequestedReadings;
  readonly states: SiteStates;
  readonly endpoints: SiteEndpoints;
  readonly service: MicroService;
  readonly outbox: Outbox;
  readonly intervals: IntervalOutbox;
  /** Undefined: the process has no intervals. */
  readonly intervalFaults: IntervalFaults | undefined;
}

/** Builds the objects of a node and connects them. Nothing begins to work. */
export function nodeObjects(parts: NatsNodeParts, hooks: NodeHooks): NodeObjects {
  const { options, identity, journal, health, spool, time, log, failpoint } = parts;
  const { instance } = identity;
  const { site, subjectPrefix, jetstreamDomain: domain } = options;
  const deps = { log, time };
  const now = () => time.now();
  const subjects = new Subjects(subjectPrefix, site);
  const meters = new ServedMeters(parts.meters);
  const connection = new Connection(`wattseal ${site}`, options, deps);
  const live = () => connection.live;
  const ensureStreams = (to: NatsConnection) => hooks.ensureStreams(to);
  const streams = new StreamKeeper(streamPlace(parts, meters), { health, ...deps });
  const onAllowed = (allowed: readonly Denial[]) => access.allowed(allowed);
  const onAlone = () => hooks.onAlone();
  const twins = new Twins({ site, identity, subjects, meters, health, live, onAllowed, onAlone }, deps);
  const publish = twins.gate(publisher(live, deps));
  const board = new StateBoard(publish);
  const access = new AccessCheck({
    scope: { prefix: subjectPrefix, site, inboxPrefix: options.inboxPrefix ?? usualInbox, domain },
    health,
    echoSubject: subjects.of(nodeToken, `${instance}.get`),
    live,
    checkInbox: () => connection.checkInbox(),
    repeat: (subjects) => board.repeat(subjects),
  }, deps);
  const staleFaults = new StaleFaults({
    stream: streamName(subjectPrefix, "state"),
    domain,
    subjects: () => faultSubjects(subjects, meters.names),
    board,
    lookup: () => streams.lookup("state"),
    now,
  }, log);
  const forgetting = new Forgetting({
    subjects,
    domain,
    instance,
    meters,
    known: parts.knownMeters ?? unstoredMeters(),
    journal,
    board,
    lookup: () => streams.lookup("state"),
    live,
    isActive: () => twins.isActive,
  }, deps);
  const readings = new ReadingsDelivery({
    subjects,
    stream: { prefix: subjectPrefix, enabled: options.streams.readings.enabled, domain },
    live: () => twins.isActive ? live() : undefined,
    inboxPrefix: () => connection.inboxPrefix,
    spool,
    health,
    lookup: () => streams.lookup("readings"),
    hasCheckedStreams: (to) => streams.hasChecked(to),
    ensureStreams,
  }, deps);
  const publishStatus = (payload: object) => publish(subjects.status(nodeToken), payload);
  const report = new NodeReport({ ...parts, meters, problems: () => hooks.problems() }, publishStatus, deps);
  const requestedReadings = new RequestedReadings(time);
  const statuses = new Statuses(now);
  const states = new SiteStates({ subjects, board, statuses, now });
  const endpoints = servedBySite(subjects, { ...parts, meters }, {
    now,
    status: (served) => statuses.of(served),
    read: (served, untilMs) => requestedReadings.take(served, untilMs),
    maxPayload: () => live()?.info?.max_payload,
    wake: () => outbox.wake(),
  });
  const served = [...meters.names.flatMap((name) => endpoints.ofMeter(name)), ...endpoints.ofNode];
  const service = new MicroService({ site, instance, served, failpoint, onAllowed }, deps);
  const lookup = () => streams.lookup("ocmf");
  const outbox = new Outbox({ subjects, domain, live, journal, health, lookup, ensureStreams, failpoint }, deps);
  const intervals = new IntervalOutbox({
    subjects,
    domain,
    queue: parts.intervals ?? noIntervals,
    live: () => twins.isActive ? live() : undefined,
    isPassive: () => twins.isPassive,
    lookup: () => streams.lookup("intervals"),
    ensureStreams,
  }, deps);
  const intervalFaults = parts.intervals && new IntervalFaults(parts.intervals, health);
  return {
    subjects,
    meters,
    connection,
    streams,
    twins,
    board,
    access,
    staleFaults,
    forgetting,
    readings,
    report,
    requestedReadings,
    states,
    endpoints,
    service,
    outbox,
    intervals,
    intervalFaults,
  };
}

const noIntervals: IntervalQueue = {
  problems: { dropped: undefined, failed: undefined },
  waiting: () => [],
  synced: () => Promise.resolve(true),
  published: () => true,
};

function streamPlace(parts: NatsNodeParts, meters: ServedMeters): StreamPlace {
  const { options, streams } = parts;
  return {
    prefix: options.subjectPrefix,
    site: options.site,
    meters,
    domain: options.jetstreamDomain,
    get streams() {
      return streams?.() ?? options.streams;
    },
  };
}
