import type { JetStreamManager } from "nats";
import { streamName } from "../nats/mod.ts";
import { FleetError, type Patience, patiently } from "./retries.ts";
import type { FleetStep } from "./step.ts";

/** Whose retained messages (status, public key, faults) are meant. */
export interface StatesOf {
  /** Beginning of all subjects. */
  readonly prefix: string;
  readonly site: string;
  /** One meter. @default all, and the process itself */
  readonly meter?: string | undefined;
}

/** One place that keeps states. */
export interface StatePlace {
  /** `at the hub`, `at the edge of berlin-01` */
  readonly where: string;
  readonly manager: JetStreamManager;
}

/**
 * Plans the removal of retained states in one place; none where there are none.
 *
 * @throws {FleetError} the place refuses, or does not answer
 */
export async function planStateRemoval(place: StatePlace, states: StatesOf, patience: Patience): Promise<FleetStep[]> {
  const { where, manager } = place;
  const stream = streamName(states.prefix, "state");
  const filter = `${states.prefix}.${states.site}.${states.meter ?? "*"}.>`;
  const look = () => manager.streams.info(stream, { subjects_filter: filter });
  const { state } = await patiently(`look at the states ${where}`, look, patience);
  const subjects = Object.keys(state.subjects ?? {});
  if (subjects.length === 0) return [];
  return [{
    action: "remove",
    subject: `states ${where}`,
    text: `${subjects.length} retained of ${filter}: ${shorten(subjects)}`,
    act: async () => {
      await patiently(`remove the states ${where}`, () => manager.streams.purge(stream, { filter }), patience);
    },
  }];
}

/** Does nothing where a place cannot be reached, except say so. @param where `at the edge berlin-01` */
export async function orUnreachable(plan: Promise<FleetStep[]>, where: string): Promise<FleetStep[]> {
  try {
    return await plan;
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return [{ action: "keep", subject: `streams ${where}`, text: `left alone: ${error.message}` }];
  }
}

function shorten(subjects: readonly string[]): string {
  const shown = subjects.toSorted().slice(0, 3).join(", ");
  return subjects.length > 3 ? `${shown}, ...` : shown;
}
