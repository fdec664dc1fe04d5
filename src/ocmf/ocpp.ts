/** `SignedMeterValueType` of OCPP 2.0.1. */
export interface OcppSignedMeterValue {
  /** Base64 of the OCMF record. */
  readonly signedMeterData: string;
  /** Always empty: the record names its algorithm itself. */
  readonly signingMethod: "";
  /** Always the same. */
  readonly encodingMethod: "OCMF";
  /** Base64 of `oca:base16:asn1:` and the key as SubjectPublicKeyInfo in hex. */
  readonly publicKey: string;
}

/**
 * A record as OCPP carries it, after the application note of the Open Charge Alliance.
 * @param ocmf The bytes of the record, or its text.
 * @param spkiHex The public key as SubjectPublicKeyInfo in hex, as it is printed on the meter.
 */
export function toOcppSignedMeterValue(ocmf: Uint8Array | string, spkiHex: string): OcppSignedMeterValue {
  const encoder = new TextEncoder();
  const bytes = typeof ocmf === "string" ? encoder.encode(ocmf) : ocmf;
  return {
    signedMeterData: bytes.toBase64(),
    signingMethod: "",
    encodingMethod: "OCMF",
    publicKey: encoder.encode(`oca:base16:asn1:${spkiHex}`).toBase64(),
  };
}
