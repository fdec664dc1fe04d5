import type { Log } from "../base/log.ts";
import { hex } from "./codec.ts";
import type { MeterFaults } from "./faults.ts";
import { firmwareTroubles } from "./firmware.ts";
import type { Identified } from "./identify.ts";
import type { Identity } from "./types.ts";
import { tellWiring } from "./wiring.ts";

/** Logs what setup found, and raises or clears the faults that it decides about. */
export function tellFound(
  { identity, hasClock, mayBillLater, wiring }: Identified,
  { faults, log }: { readonly faults: MeterFaults; readonly log: Log },
): void {
  const { family, layout, billing, code, meterId } = identity;
  log.info(`Found meter ${meterId}`, {
    family,
    code,
    energies: energiesText(layout),
    ...(layout.wordOrder === "high_first" ? { words: "the high word first, as samples of its series have it" } : {}),
    billing: billing.able ? billing.signingMethod : billing.reason,
  });
  for (const trouble of firmwareTroubles(layout.model, identity.firmware)) log.warn(trouble);
  faults.clear("ModelUnknown");
  if (!billing.able && mayBillLater) {
    faults.raise("BillingUnavailable", `Metering goes on without billing: ${billing.reason}`);
  } else faults.clear("BillingUnavailable");
  if (layout.model.deviceState === undefined) faults.clear("DeviceStateError");
  if (!hasClock) faults.clear("ClockNotSet");
  tellWiring(wiring, faults);
}

function energiesText({ energies }: Identity["layout"]): string {
  const [first] = energies?.importWh ?? [];
  return first === undefined ? "none: the meter has none of its series' registers" : `from register ${hex(first.at)}h`;
}
