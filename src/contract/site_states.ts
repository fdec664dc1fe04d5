import { type NodeFault, nodeFaultKinds } from "../health/mod.ts";
import { faultKinds, type MeterFault, type MeterState } from "../meter/mod.ts";
import { faultPayload, publicKeyPayload } from "./payloads.ts";
import type { ServedMeter } from "./served_meter.ts";
import type { Statuses } from "./statuses.ts";
import { nodeToken, type Subjects } from "./subjects.ts";
import type { StateBoard } from "./state_board.ts";

/** What the states of a site are published with. */
export interface SiteStatesOptions {
  readonly subjects: Subjects;
  readonly board: StateBoard;
  readonly statuses: Statuses;
  /** Wall clock in milliseconds. */
  now(): number;
}

/** The states of a site whose last value is kept: status, public key and faults of each meter, faults of the process. */
export class SiteStates {
  readonly #options: SiteStatesOptions;

  constructor(options: SiteStatesOptions) {
    this.#options = options;
  }

  /** Publishes a status that has changed. */
  status(served: ServedMeter): void {
    const { board, subjects, statuses } = this.#options;
    board.change(subjects.status(served.name), statuses.of(served));
  }

  /** Publishes that a meter is in a state, whatever it says itself. */
  statusAs(served: ServedMeter, state: MeterState): void {
    const { board, subjects, statuses } = this.#options;
    board.set(subjects.status(served.name), statuses.of(served, state));
  }

  /** Publishes a public key that has changed, if the meter has one. */
  publicKey({ name, meter, publicKeyFormat }: ServedMeter): void {
    const { board, subjects, now } = this.#options;
    const payload = publicKeyPayload(meter.identity, publicKeyFormat, now());
    if (payload !== undefined) board.change(subjects.publicKey(name), payload);
  }

  /** Publishes that a fault of a meter was raised or cleared. */
  fault(meter: string, fault: MeterFault): void {
    const { board, subjects } = this.#options;
    board.set(subjects.fault(meter, fault.subType), faultPayload(fault, faultKinds));
  }

  /** Publishes that a fault of the process was raised or cleared. */
  nodeFault(fault: NodeFault): void {
    const { board, subjects } = this.#options;
    board.set(subjects.fault(nodeToken, fault.subType), faultPayload(fault, nodeFaultKinds));
  }
}
