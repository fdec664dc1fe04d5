import { timestamp } from "../base/time.ts";
import type { StoredRecord } from "../journal/mod.ts";
import type { SignedValue } from "../meter/mod.ts";
import type { SignedMeterValue } from "./transaction_schemas.ts";

/** A signed live map as a field of a payload; `publicKey` in the configured format. */
export function signedMeterValue(value: SignedValue, publicKey: string): SignedMeterValue {
  return {
    signed_meter_data: JSON.stringify({ signedData: value.data, signature: value.signature }),
    signing_method: value.signingMethod,
    encoding_method: "plain",
    public_key: publicKey,
    timestamp: timestamp(value.takenAtMs),
  };
}

/** The signed value at the begin of a record's transaction, if any. */
export function startSignedMeterValue(
  { startValue }: Pick<StoredRecord, "startValue">,
): { start_signed_meter_value?: SignedMeterValue } {
  return startValue === undefined
    ? {}
    : { start_signed_meter_value: signedMeterValue(startValue, startValue.publicKey) };
}

/** The text of a record; bytes that are not UTF-8 (a corrupted file) become replacement characters. */
export function ocmfText(record: StoredRecord): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(record.ocmf);
}

/** A field with a time, if the time is known. */
export function optionalTime<K extends string>(name: K, ms: number | undefined): { [key in K]?: string } {
  return ms === undefined ? {} : { [name]: timestamp(ms) } as { [key in K]?: string };
}
