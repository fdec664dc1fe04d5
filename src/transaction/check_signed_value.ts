import type { Meter, Reading } from "../meter/mod.ts";
import { verifyLiveMap } from "../ocmf/mod.ts";

/** Raises or clears the fault for a signed value that does not fit the key of the meter. */
export function checkSignedValue(meter: Pick<Meter, "identity" | "faults">, { signedValue, meterId }: Reading): void {
  const billing = meter.identity?.billing;
  if (signedValue === undefined || billing?.able !== true) return;
  if (verifyLiveMap(signedValue.data, signedValue.signature, billing.publicKeyPoint)) {
    meter.faults.clear("SignedValueNotVerified");
  } else {
    meter.faults.raise(
      "SignedValueNotVerified",
      `The signed live value of meter ${meterId} is not signed with the key at 2500h; its readings prove nothing`,
    );
  }
}
