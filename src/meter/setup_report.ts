import { hex } from "../base/hex.ts";
import type { Log } from "../base/log.ts";
import { LastLogged } from "../base/log_pace.ts";
import type { MeterFaults } from "./faults.ts";
import { firmwareProblems } from "./firmware.ts";
import type { Identified } from "./identify.ts";
import type { Identity } from "./types.ts";
import { updateWiringFault } from "./wiring.ts";

/** Logs the results of setups, and raises or clears faults. */
export class SetupReport {
  readonly #faults: MeterFaults;
  readonly #log: Log;
  readonly #last = new LastLogged<string>();

  constructor({ faults, log }: { readonly faults: MeterFaults; readonly log: Log }) {
    this.#faults = faults;
    this.#log = log;
  }

  /** Reports the result of one setup. */
  report(found: Identified): void {
    this.#logFindings(found);
    updateFaults(found, this.#faults);
  }

  /** An unchanged result, for example after a disturbance of the line, is logged as `debug`. */
  #logFindings({ identity }: Identified): void {
    const { family, layout, billing, code, meterId, firmware } = identity;
    const fields = {
      family,
      code,
      energies: energiesText(layout),
      ...(layout.wordOrder === "high_first" ? { words: "high word first, as in samples of its series" } : {}),
      billing: billing.able ? billing.signingMethod : billing.reason,
    };
    const problems = firmwareProblems(layout.model, firmware);
    const all = JSON.stringify([meterId, fields, problems]);
    const isNew = this.#last.isNew(all);
    this.#log[isNew ? "info" : "debug"](`Found meter ${meterId}`, fields);
    for (const problem of problems) this.#log[isNew ? "warn" : "debug"](problem);
  }
}

function updateFaults({ identity, hasClock, mayBillLater, wiring }: Identified, faults: MeterFaults): void {
  const { layout, billing } = identity;
  faults.clear("ModelUnknown");
  if (!billing.able && mayBillLater) {
    faults.raise("BillingUnavailable", `Metering continues without billing: ${billing.reason}`);
  } else faults.clear("BillingUnavailable");
  if (layout.model.deviceState === undefined) faults.clear("DeviceStateError");
  if (!hasClock) faults.clear("ClockNotSet");
  updateWiringFault(wiring, faults);
}

function energiesText({ energies }: Identity["layout"]): string {
  const [first] = energies?.importWh ?? [];
  return first === undefined
    ? "none: the meter has none of the registers of its series"
    : `from register ${hex(first.at)}h`;
}
