import { type NodeFault, nodeFaultKinds } from "../health/mod.ts";
import { faultKinds, type MeterFault, type MeterState } from "../meter/mod.ts";
import { timestamp } from "../base/time.ts";
import { faultSchema } from "./meter_schemas.ts";
import { faultPayload, publicKeyPayload } from "./payloads.ts";
import type { ServedMeter } from "./served_meter.ts";
import type { Statuses } from "./statuses.ts";
import { nodeToken, type Subjects } from "../base/subjects.ts";
import type { StateBoard } from "./state_board.ts";

/** The parts that publish the states of a site. */
export interface SiteStatesOptions {
  readonly subjects: Subjects;
  readonly board: StateBoard;
  readonly statuses: Statuses;
  /** Wall clock in milliseconds. */
  now(): number;
}

/** Publishes the retained states of a site: status, public key and faults of each meter, faults of the process. */
export class SiteStates {
  readonly #options: SiteStatesOptions;

  constructor(options: SiteStatesOptions) {
    this.#options = options;
  }

  /** Publishes the status of a meter if it has changed. */
  status(served: ServedMeter): void {
    const { board, subjects, statuses } = this.#options;
    board.change(subjects.status(served.name), statuses.of(served));
  }

  /** Publishes the status of a meter with another state than its own. */
  statusAs(served: ServedMeter, state: MeterState): void {
    const { board, subjects, statuses } = this.#options;
    board.set(subjects.status(served.name), statuses.of(served, state));
  }

  /** Publishes the public key of a meter if it has one and it has changed. */
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

  /** Publishes that the faults of a meter are over: another object serves it from now on, or none. */
  clearFaults(meter: string): void {
    const { board, subjects, now } = this.#options;
    for (const kind of Object.keys(faultKinds)) {
      const subject = subjects.fault(meter, kind);
      const fault = faultSchema.safeParse(board.get(subject)).data;
      if (fault?.active === true) board.set(subject, { ...fault, active: false, timestamp: timestamp(now()) });
    }
  }

  /** Publishes that a fault of the process was raised or cleared. */
  nodeFault(fault: NodeFault): void {
    const { board, subjects } = this.#options;
    board.set(subjects.fault(nodeToken, fault.subType), faultPayload(fault, nodeFaultKinds));
  }
}
