import type { NodeIdentity } from "../base/node_identity.ts";
import type { NodeInstancePayload } from "../contract/mod.ts";

/** Another process that serves, or waits to serve, one of our meters. */
export interface Twin {
  readonly payload: NodeInstancePayload;
  /** The meters that both processes have. */
  readonly meters: readonly string[];
}

/** The names of the meters that a process has now. */
export interface MeterNames {
  readonly names: readonly string[];
  has(name: string): boolean;
}

/** Whether this process serves the meters, or which process serves them instead. */
export type Verdict = { readonly serves: true } | { readonly serves: false; readonly yieldsTo: string };

/** Placeholder id of a process that does not report one. */
export const unnamedInstance = "unknown";

interface Peer extends Twin {
  /** Whether it answered in this round. */
  hasAnswered: boolean;
  /** Number of rounds without an answer. */
  missed: number;
  /** Whether it reported its end since the last question. */
  isLeaving: boolean;
}

/** A process counts as stopped after this many rounds without an answer. */
const maxMissed = 4;

/** A client can invent names; more names than this are ignored, so that they cannot fill the memory. */
const maxPeers = 100;

/**
 * The other processes of our site that have one of our meters. Only an answer to a question of this process counts, not
 * a stored message or the last message of a process that has ended.
 */
export class Peers {
  readonly #own: NodeIdentity;
  readonly #meters: MeterNames;
  readonly #peers = new Map<string, Peer>();
  /** Processes that have stopped, although others may still name them. */
  readonly #gone = new Set<string>();

  /** @param meters the meters of this process */
  constructor(own: NodeIdentity, meters: MeterNames) {
    this.#own = own;
    this.#meters = meters;
  }

  /** The processes that run now. */
  get twins(): readonly Twin[] {
    return [...this.#peers.values()];
  }

  /** Whether one of them serves the meters and reports its id. */
  get knowsActive(): boolean {
    return this.twins.some(({ payload: { state, instance } }) => state === "active" && instance !== unnamedInstance);
  }

  /** Whether each of them answered in this round. */
  get haveAnswered(): boolean {
    return [...this.#peers.values()].every(({ hasAnswered }) => hasAnswered);
  }

  /** Whether a process that sent us a question must be questioned, too. */
  needsQuestion({ instance, state, meters }: NodeInstancePayload): boolean {
    if (instance === this.#own.instance) return false;
    const known = this.#peers.get(instance)?.payload.state;
    return known === undefined ? state !== "stopped" && this.#shared(meters).length > 0 : known !== state;
  }

  /** Starts a round of questions. */
  beginRound(): void {
    for (const peer of this.#peers.values()) {
      peer.hasAnswered = false;
      if (peer.isLeaving) peer.missed = maxMissed;
      peer.isLeaving = false;
    }
  }

  /** Ends a round in which the server was reachable; only then does a missing answer count. */
  endRound(): void {
    for (const [instance, peer] of this.#peers) {
      peer.missed = peer.hasAnswered ? 0 : peer.missed + 1;
      if (peer.missed >= maxMissed) this.#drop(instance);
    }
  }

  /** Adds an answer. */
  answered(payload: NodeInstancePayload): void {
    const { instance, state } = payload;
    if (instance === this.#own.instance) return;
    const meters = this.#shared(payload.meters);
    if (meters.length === 0 || state === "stopped") return this.#drop(instance);
    const known = this.#peers.get(instance);
    if (known === undefined && this.#peers.size >= maxPeers) return;
    this.#gone.delete(instance);
    const isLeaving = known?.isLeaving ?? false;
    this.#peers.set(instance, { payload, meters, hasAnswered: true, missed: 0, isLeaving });
  }

  /** A process has reported its end: it counts as stopped unless it answers in the next round. */
  leaves(instance: string): void {
    const peer = this.#peers.get(instance);
    if (peer !== undefined) peer.isLeaving = true;
  }

  /**
   * Decides which process serves. A process that already serves continues. Among waiting processes, the one with the
   * lowest id is first. If one of them waits for a process that has not answered us, that process is running.
   */
  verdict(): Verdict {
    const payloads = this.twins.map(({ payload }) => payload);
    const active = payloads.find(({ state }) => state === "active");
    if (active !== undefined) return { serves: false, yieldsTo: active.instance };
    const unknown = payloads.map((payload) => payload.yields_to).find((instance) => this.#isUnknown(instance));
    if (unknown !== undefined) {
      const meters = [...this.#meters.names];
      const payload = { instance: unknown, state: "active", meters } as const;
      this.#peers.set(unknown, { payload, meters, hasAnswered: false, missed: 0, isLeaving: false });
      return { serves: false, yieldsTo: unknown };
    }
    const [first] = payloads.map(({ instance }) => instance).sort();
    return first !== undefined && first < this.#own.instance ? { serves: false, yieldsTo: first } : { serves: true };
  }

  #isUnknown(instance: string | undefined): boolean {
    return instance !== undefined && instance !== this.#own.instance && !this.#peers.has(instance) &&
      !this.#gone.has(instance);
  }

  #shared(meters: readonly string[]): string[] {
    return meters.filter((meter) => this.#meters.has(meter));
  }

  #drop(instance: string): void {
    if (!this.#peers.delete(instance)) return;
    if (this.#gone.size >= maxPeers) this.#gone.clear();
    this.#gone.add(instance);
  }
}
