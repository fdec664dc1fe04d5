/** `SignedMeterValueType` of OCPP 2.0.1. */
export interface OcppSignedMeterValue {
  /** Base64 of the OCMF record. */
  readonly signedMeterData: string;
  /** Always empty: the record contains its algorithm. */
  readonly signingMethod: "";
  /** Always `OCMF`. */
  readonly encodingMethod: "OCMF";
  /** Base64 of `oca:base16:asn1:` and the key as SubjectPublicKeyInfo in hex; empty without a key. */
  readonly publicKey: string;
}

/**
 * Converts a record for OCPP, according to the application note of the Open Charge Alliance.
 * Never throws: neither of them is checked.
 *
 * @param ocmf the record as bytes or text
 * @param spkiHex the public key as SubjectPublicKeyInfo in hex, as printed on the meter; empty: no key is sent
 */
export function toOcppSignedMeterValue(ocmf: Uint8Array | string, spkiHex: string): OcppSignedMeterValue {
  const encoder = new TextEncoder();
  const bytes = typeof ocmf === "string" ? encoder.encode(ocmf) : ocmf;
  return {
    signedMeterData: bytes.toBase64(),
    signingMethod: "",
    encodingMethod: "OCMF",
    publicKey: spkiHex === "" ? "" : encoder.encode(`oca:base16:asn1:${spkiHex}`).toBase64(),
  };
}
