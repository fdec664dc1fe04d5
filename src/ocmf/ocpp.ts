import { type OcppMeterValue, type OcppMeterValue16, ocppReading } from "./ocpp_reading.ts";
import { ParsedRecord } from "./parsed_record.ts";
import { toBase64 } from "./text_bytes.ts";

/** `SignedMeterValueType` of OCPP 2.0.1 and 2.1. */
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

/** A record in the forms in which a charging station sends it to its backend. */
export interface OcppRecord extends OcppSignedMeterValue {
  /**
   * An element of `meterValue` in a `TransactionEvent` of OCPP 2.0.1 or 2.1; absent if the record has no energy register
   * with a time at its end.
   */
  readonly meterValue?: OcppMeterValue<OcppSignedMeterValue>;
  /** An element of `transactionData` in a `StopTransaction` of OCPP 1.6; absent in the same cases. */
  readonly meterValue16?: OcppMeterValue16;
  /** Whether OCPP 2.0.1 allows the lengths of record and key. If not, `problems` contains what to do. */
  readonly fits201: boolean;
  /** One sentence for each reason why a form is missing, is not exact or is refused. */
  readonly problems: readonly string[];
}

/** Maximum number of characters of `signedMeterData` and of `publicKey` in OCPP 2.0.1. */
const maxCharacters201 = 2500;

/**
 * Converts a record for OCPP, according to the application note of the Open Charge Alliance.
 * Never throws: neither of them is checked.
 *
 * @param ocmf the record as bytes or text
 * @param spkiHex the public key as SubjectPublicKeyInfo in hex, as printed on the meter; empty: no key is sent
 */
export function toOcppSignedMeterValue(ocmf: Uint8Array | string, spkiHex: string): OcppSignedMeterValue {
  return {
    signedMeterData: toBase64(bytesOf(ocmf)),
    signingMethod: "",
    encodingMethod: "OCMF",
    publicKey: spkiHex === "" ? "" : toBase64(bytesOf(`oca:base16:asn1:${spkiHex}`)),
  };
}

/**
 * Converts a record to the meter values of OCPP 2.0.1 and 1.6, according to the application note of the Open Charge
 * Alliance. Measurand and unit are always explicit. Never throws: what the record does not contain is absent.
 *
 * The unsigned `value` of OCPP 2.0.1 is the register at the end, in the unit of the record, as a JSON number. It has the
 * digits of the record except for trailing zeros, up to about 15 digits; `problems` reports a number that is not exact.
 * Bill from the record.
 *
 * @param ocmf the record as bytes or text
 * @param spkiHex the public key as SubjectPublicKeyInfo in hex, as printed on the meter; empty: no key is sent
 */
export function toOcppRecord(ocmf: Uint8Array | string, spkiHex: string): OcppRecord {
  return parsedToOcpp(new ParsedRecord(bytesOf(ocmf)), spkiHex);
}

/** Like {@linkcode toOcppRecord}, for a parsed record. */
export function parsedToOcpp(record: ParsedRecord, spkiHex: string): OcppRecord {
  const signedMeterValue = toOcppSignedMeterValue(record.ocmf, spkiHex);
  const { timestamp, registers, problems } = ocppReading(record);
  const tooLong = lengthProblem(signedMeterValue);
  const [signed, ...others] = registers;
  return {
    ...signedMeterValue,
    ...(signed !== undefined && timestamp !== undefined && {
      meterValue: { timestamp, sampledValue: [{ ...signed, signedMeterValue }, ...others] },
      meterValue16: {
        timestamp,
        sampledValue: [{
          value: JSON.stringify(signedMeterValue),
          context: signed.context,
          format: "SignedData",
          measurand: signed.measurand,
          location: signed.location,
          unit: signed.unitOfMeasure.unit,
        }],
      },
    }),
    fits201: tooLong === undefined,
    problems: tooLong === undefined ? problems : [...problems, tooLong],
  };
}

function lengthProblem(value: OcppSignedMeterValue): string | undefined {
  const name = (["signedMeterData", "publicKey"] as const).find((name) => value[name].length > maxCharacters201);
  if (name === undefined) return undefined;
  return `${name} has ${value[name].length} characters, and OCPP 2.0.1 allows ${maxCharacters201}: a backend refuses ` +
    "the whole message. Send it with OCPP 2.1 or 1.6, or send the message without signedMeterValue and deliver the " +
    "OCMF record and its key to the backend outside of OCPP. Do not cut the record: its signature covers all of it";
}

function bytesOf(text: Uint8Array | string): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}
