import { type Time, timestamp } from "../base/time.ts";
import type { LiveFleet } from "./live_fleet.ts";

/** A server-sent event. */
export interface FleetEvent {
  /** The version to which it leads. */
  readonly version: number;
  /** When it was made, by the monotonic clock in milliseconds: it contains the time. */
  readonly madeAtMs: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A snapshot is sent to new pages for this time; they get the changes after it at once. So there are few of them, also
 * while many clients take them slowly.
 */
const snapshotMs = 5_000;
/** Nearly all pages have one of the last versions. A client can name any other one, and each change needs memory. */
const maxChanges = 8;

/** The events of the fleet. Pages share their bytes: at a large fleet, each event can have some megabytes. */
export class FleetEvents {
  readonly #live: Pick<LiveFleet, "id" | "version" | "snapshot" | "changesAfter">;
  readonly #time: Pick<Time, "now" | "mono">;
  #snapshot: FleetEvent | undefined;
  /** The last changes from older versions to `#version`. */
  readonly #changes = new Map<number, FleetEvent>();
  #version = 0;

  constructor(
    live: Pick<LiveFleet, "id" | "version" | "snapshot" | "changesAfter">,
    time: Pick<Time, "now" | "mono">,
  ) {
    this.#live = live;
    this.#time = time;
  }

  /**
   * The next event for a page: a change, a beat if there is none, or a snapshot.
   *
   * @param known the version that the page has; undefined: none
   */
  next(known: number | undefined): FleetEvent {
    const { version } = this.#live;
    if (known === undefined) return this.#snapshotEvent();
    if (known === version) return this.#event("beat", timestamp(this.#time.now()));
    if (this.#version !== version) this.#changes.clear();
    this.#version = version;
    const event = this.#changes.get(known) ?? this.#changeEvent(known);
    if (event === undefined) return this.#newSnapshot();
    this.#changes.set(known, event);
    const [oldest] = this.#changes.keys();
    if (oldest !== undefined && this.#changes.size > maxChanges) this.#changes.delete(oldest);
    return event;
  }

  #changeEvent(known: number): FleetEvent | undefined {
    const change = this.#live.changesAfter(known);
    return change === undefined ? undefined : this.#event("change", change);
  }

  #snapshotEvent(): FleetEvent {
    const snapshot = this.#snapshot;
    return snapshot !== undefined && this.#time.mono() <= snapshot.madeAtMs + snapshotMs
      ? snapshot
      : this.#newSnapshot();
  }

  /** A snapshot of the present version. No changes may lead to it from an older one. */
  #newSnapshot(): FleetEvent {
    if (this.#snapshot?.version !== this.#live.version) this.#snapshot = undefined;
    return this.#snapshot ??= this.#event("snapshot", this.#live.snapshot());
  }

  /** @param data one line */
  #event(event: "snapshot" | "change" | "beat", data: string): FleetEvent {
    const { id, version } = this.#live;
    const text = `event: ${event}\ndata: ${data}\n${event === "beat" ? "" : `id: ${id}-${version}\n`}\n`;
    return { version, madeAtMs: this.#time.mono(), bytes: new TextEncoder().encode(text) };
  }
}
