import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import { LastLogged } from "../base/log_pace.ts";
import type { Time } from "../base/time.ts";
import { ProblemLogs } from "../base/problem_log.ts";
import type { NodeHealth } from "../health/mod.ts";
import { isDenied, serverDomain, storingStream, type StreamLookup } from "./stream_lookup.ts";
import { jetstreamOf } from "./jetstream_of.ts";
import { apiCode, isWithoutRoom, jetstreamReason, subjectsOverlap } from "./jetstream_reason.ts";
import { readStreamState, type StreamPlace, type StreamState } from "./stream_state.ts";
import { type StreamProblem, streamProblems } from "./stream_problems.ts";
import { optionsOf, type StreamKind, streamKinds, streamName, usedKinds } from "./streams.ts";

/** Dependencies of {@linkcode StreamKeeper}. */
export interface StreamKeeperParts {
  readonly health: Pick<NodeHealth, "raise" | "clear">;
  readonly log: Log;
  readonly time: Time;
}

/**
 * Creates missing streams and retries, finds the streams that store our messages, and compares their settings with the
 * requirements. Never changes an existing stream.
 */
export class StreamKeeper {
  readonly #place: StreamPlace;
  readonly #health: StreamKeeperParts["health"];
  readonly #log: Log;
  readonly #lookups = new Map<StreamKind, StreamLookup>();
  readonly #problems = new Map<StreamKind, readonly StreamProblem[]>();
  readonly #problemLogs: ProblemLogs<StreamKind>;
  /** By text: one stream may have the subjects of several kinds. */
  readonly #warnings: ProblemLogs<string>;
  #warned: ReadonlySet<string> = new Set();
  #complete = false;
  /** The connection on which the streams were last checked. */
  #checkedOn: NatsConnection | undefined;
  /** Whether the stream of records could not be created because there is no room. */
  #full = false;
  readonly #warnedDomain = new LastLogged<string>();

  constructor(place: StreamPlace, { health, log, time }: StreamKeeperParts) {
    this.#place = place;
    this.#health = health;
    this.#log = log;
    this.#problemLogs = new ProblemLogs(log, time);
    this.#warnings = new ProblemLogs(log, time);
  }

  /** The stream that had our subjects of a kind at the last check. */
  lookup(kind: StreamKind): StreamLookup {
    return this.#lookups.get(kind) ?? { state: "unknown" };
  }

  /** Whether at the last check every wanted stream existed, or another stream had its subjects. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Whether the streams were checked on a connection; before that, they may still be created. */
  hasChecked(connection: NatsConnection): boolean {
    return this.#checkedOn === connection;
  }

  /** Sentences about streams that are not as required, each with the remedy. */
  get problems(): readonly string[] {
    return [...new Set(this.#all().map(({ text }) => text))];
  }

  /**
   * Checks each stream and creates the wanted streams that are missing. Never throws.
   *
   * @returns the streams that were created
   */
  async ensure(connection: NatsConnection): Promise<StreamKind[]> {
    this.#warnOfDomain(serverDomain(connection));
    const created: StreamKind[] = [];
    let complete = true;
    const used = usedKinds(this.#place.streams);
    for (const kind of streamKinds) if (!used.includes(kind)) this.#forget(kind);
    for (const kind of used) {
      try {
        const state = await this.#readState(connection, kind);
        this.#applyState(state, connection);
        if (state.created) created.push(kind);
        complete &&= state.refusal === undefined || isLasting(state.refusal);
      } catch (error) {
        // The connection ends or has ended: the failure says nothing about the streams
        if (connection.isDraining() || connection.isClosed()) return created;
        complete &&= !optionsOf(this.#place.streams, kind).enabled || isDenied(error);
        this.#unseen(kind, error);
      }
    }
    this.#complete = complete;
    this.#checkedOn = connection;
    this.#warn();
    return created;
  }

  async #readState(connection: NatsConnection, kind: StreamKind): Promise<StreamState> {
    return await readStreamState(await jetstreamOf(connection, this.#place.domain), kind, this.#place);
  }

  #applyState(state: StreamState, connection: NatsConnection): void {
    const { kind, wanted: { name: stream }, found, created, refusal } = state;
    if (created) this.#log.info("Created a stream", { stream });
    if (found !== undefined && found.name !== stream && this.#streamOf(kind) !== found.name) {
      this.#log.info("Another stream has the subjects of this stream", { stream, holder: found.name });
    }
    if (refusal === undefined || found !== undefined) {
      this.#problemLogs.of(kind).over(found === undefined ? "JetStream answers again" : "The stream exists now", {
        stream,
      });
    } else this.#failed(kind, refusal);
    const domain = this.#place.domain ?? serverDomain(connection);
    this.#lookups.set(kind, found === undefined ? { state: "none" } : storingStream(found, domain));
    this.#updateProblems(state);
  }

  #updateProblems(state: StreamState): void {
    const problems = streamProblems(state, this.#place);
    this.#problems.set(state.kind, problems);
    if (state.kind === "ocmf") this.#raise(problems, state.refusal);
  }

  #all(): StreamProblem[] {
    return streamKinds.flatMap((kind) => this.#problems.get(kind) ?? []);
  }

  /** Logs the problems that are neither faults nor logged as a failed stream. */
  #warn(): void {
    const warned = new Set(this.#all().filter(({ level }) => level === "warning").map(({ text }) => text));
    for (const text of warned) this.#warnings.of(text).failed(text);
    for (const text of this.#warned) if (!warned.has(text)) this.#warnings.of(text).over(`Resolved: ${text}`);
    this.#warned = warned;
  }

  /** A new configuration does not use the kind. Messages that still wait go to the stream that was found. */
  #forget(kind: StreamKind): void {
    this.#problems.delete(kind);
    if (this.lookup(kind).state !== "found") this.#lookups.delete(kind);
  }

  #streamOf(kind: StreamKind): string | undefined {
    const lookup = this.lookup(kind);
    return lookup.state === "found" ? lookup.stream : undefined;
  }

  #unseen(kind: StreamKind, error: unknown): void {
    this.#lookups.delete(kind);
    const stream = streamName(this.#place.prefix, kind);
    const reason = jetstreamReason(error, { domain: this.#place.domain });
    this.#problems.set(kind, [{ text: `Cannot check stream ${stream}: ${reason}`, level: "absent" }]);
    this.#failed(kind, error);
  }

  #failed(kind: StreamKind, error: unknown): void {
    const { prefix, domain, streams } = this.#place;
    this.#problemLogs.of(kind).failed(
      optionsOf(streams, kind).enabled
        ? "Cannot create the stream; its messages are not stored; retrying"
        : "Cannot check the stream that an administrator provides; retrying",
      { stream: streamName(prefix, kind), reason: jetstreamReason(error, { domain }) },
    );
  }

  #raise(problems: readonly StreamProblem[], refusal: unknown): void {
    const unsafe = problems.filter(({ level }) => level === "unsafe").map(({ text }) => text);
    if (unsafe.length > 0) this.#health.raise("StreamUnsafe", unsafe.join("; "));
    else this.#health.clear("StreamUnsafe");
    const isFull = isWithoutRoom(refusal);
    if (isFull) this.#health.raise("JetStreamFull", problems.map(({ text }) => text).join("; "));
    else if (this.#full) this.#health.clear("JetStreamFull");
    this.#full = isFull;
  }

  /** A leaf node of a hub shares its account, so its streams store the messages of all sites. */
  #warnOfDomain(domain: string | undefined): void {
    if (domain === undefined || this.#place.streams.scope === "site" || !this.#warnedDomain.isNew(domain)) return;
    this.#log.warn(
      "The server has its own JetStream domain, but `streams.scope` is all: on a leaf node of a hub, its streams also " +
        "store the records and readings of all other sites; set `streams.scope: site` there",
      { domain },
    );
  }
}

/** Whether a refusal lasts until an administrator acts, so that a retry now and then is enough. */
function isLasting(refusal: unknown): boolean {
  return apiCode(refusal) === subjectsOverlap || isDenied(refusal);
}
