import type { JetStreamManager } from "nats";
import { neededSubjects, streamName } from "../nats/mod.ts";
import { FleetError, type RetryLimit, withRetries } from "./retries.ts";
import type { FleetStep } from "./step.ts";

/** Selects retained messages (status, public key, faults). */
export interface StateFilter {
  /** Prefix of all subjects. */
  readonly prefix: string;
  readonly site: string;
  /** Only this meter. @default all meters, and the node */
  readonly meter?: string | undefined;
}

/** A server that stores states. */
export interface StateServer {
  /** `at the hub`, `at the edge of berlin-01` */
  readonly where: string;
  readonly manager: JetStreamManager;
}

/**
 * Plans the removal of retained states on one server; no step if there are none.
 *
 * @throws {FleetError} the server refuses, or does not answer
 */
export async function planStateRemoval(
  server: StateServer,
  states: StateFilter,
  retryLimit: RetryLimit,
): Promise<FleetStep[]> {
  const { where, manager } = server;
  const stream = streamName(states.prefix, "state");
  // The stream may store other messages, too, which stay
  const filters = neededSubjects(states.prefix, states.site, "state", states.meter);
  const which = `${states.prefix}.${states.site}.${states.meter ?? "*"}.>`;
  const subjects: string[] = [];
  for (const filter of filters) {
    const look = () => manager.streams.info(stream, { subjects_filter: filter });
    const { state } = await withRetries(`read the states ${where}`, look, retryLimit);
    subjects.push(...Object.keys(state.subjects ?? {}));
  }
  if (subjects.length === 0) return [];
  return [{
    action: "remove",
    subject: `states ${where}`,
    text: `${subjects.length} retained messages of ${which}: ${shorten(subjects)}`,
    act: async () => {
      for (const filter of filters) {
        await withRetries(`remove the states ${where}`, () => manager.streams.purge(stream, { filter }), retryLimit);
      }
    },
  }];
}

/** Replaces a plan with a note if the server cannot be reached. @param where `at the edge berlin-01` */
export async function orNoteUnreachable(plan: Promise<FleetStep[]>, where: string): Promise<FleetStep[]> {
  try {
    return await plan;
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return [{ action: "keep", subject: `streams ${where}`, text: `not changed: ${error.message}` }];
  }
}

function shorten(subjects: readonly string[]): string {
  const shown = subjects.toSorted().slice(0, 3).join(", ");
  return subjects.length > 3 ? `${shown}, ...` : shown;
}
