/**
 * The registers that do not depend on the series, as data: the identification code, and the registers of keys, time and
 * OCMF transactions. Wire addresses (document address minus 300001). All other registers of a series are in its
 * `MeterModel`.
 *
 * @module
 */
import type { Field } from "./codec.ts";

/** 300012: Controls identification code; only a single-register read returns it. */
export const identificationCode = { at: 0x000b, as: "u16" } as const satisfies Field;

/** 302049: signed live map: 61 words of data, then r and s. */
export const signedMap = { at: 0x0800, dataWords: 61, signatureWords: { 256: 32, 384: 48 } } as const;

/** 309472: signature type: 0 = 256-bit, 1 = 384-bit, 2 = none. */
export const signatureType = { at: 0x24ff, as: "u16" } as const satisfies Field;
/** Key size by signature type; a meter with any other type has no key. */
export const keySizes: ReadonlyMap<number, 256 | 384> = new Map([[0, 256], [1, 384]]);
/** 309473: public key as an uncompressed point; bits / 8 + 1 words, the last byte unused. */
export const publicKeyPoint = { at: 0x2500, words: { 256: 33, 384: 49 } } as const;
/** 309729: public key as DER SubjectPublicKeyInfo. */
export const publicKeyDer = { at: 0x2600, words: { 256: 46, 384: 62 } } as const;

/** 328722: local time offset in minutes. */
export const timeOffset = { at: 0x7031, as: "i16", unit: "min" } as const satisfies Field;
/** 328723: UTC in seconds since 1970. */
export const utc = { at: 0x7032, as: "u64", unit: "s" } as const satisfies Field;
/** 328769: synchronisation state of the meter's time; no document explains the numbers. */
export const timeStatus = { at: 0x7060, as: "u16" } as const satisfies Field;

/** The time registers. */
export const clock = { timeOffset, utc, timeStatus } as const;

/** The registers of the OCMF transaction. */
export const transaction = {
  tariffText: { at: 0x6900, as: "char", words: 126 },
  identificationStatus: { at: 0x7000, as: "u16" },
  identificationLevel: { at: 0x7001, as: "u16" },
  identificationFlags: { at: 0x7002, words: 4 },
  identificationType: { at: 0x7006, as: "u16" },
  identificationData: { at: 0x7007, as: "char", words: 20 },
  chargingPointType: { at: 0x701b, as: "u16" },
  chargingPoint: { at: 0x701c, as: "char", words: 20 },
  sessionModality: { at: 0x7036, as: "u16" },
  command: { at: 0x7040, as: "u16" },
  ocmfState: { at: 0x7100, as: "u16" },
  ocmfSize: { at: 0x7101, as: "u16" },
  ocmfFile: { at: 0x7110, maxWords: 2031 },
} as const;

/** The registers of signatures and OCMF transactions. */
export const billing = { signatureType, publicKeyPoint, publicKeyDer, signedMap, transaction } as const;

/** 328737: commands, the ASCII letters B, E and A. */
export const commands = { begin: 0x42, end: 0x45, abort: 0x41 } as const;

/** 328929: OCMF state by its number. */
export const ocmfStates = ["NOT_READY", "RUNNING", "READY", "CORRUPTED"] as const;

/** One of {@linkcode ocmfStates}. */
export type OcmfState = typeof ocmfStates[number];

/** 328674: identification level by its number. */
export const identificationLevels = [
  "NONE",
  "HEARSAY",
  "TRUSTED",
  "VERIFIED",
  "CERTIFIED",
  "SECURE",
  "MISMATCH",
  "INVALID",
  "OUTDATED",
  "UNKNOWN",
] as const;

/** 328675: the four groups of identification flags, in register order; the index of a flag is its number. */
export const identificationFlagGroups = [
  ["RFID_NONE", "RFID_PLAIN", "RFID_RELATED", "RFID_PSK"],
  [
    "OCPP_NONE",
    "OCPP_RS",
    "OCPP_AUTH",
    "OCPP_RS_TLS",
    "OCPP_AUTH_TLS",
    "OCPP_CACHE",
    "OCPP_WHITELIST",
    "OCPP_CERTIFIED",
  ],
  ["ISO15118_NONE", "ISO15118_PNC"],
  ["PLMN_NONE", "PLMN_RING", "PLMN_SMS"],
] as const;

/** 328700: kind of the charging point identifier, by number. */
export const chargingPointTypes = ["EVSEID", "CBIDC"] as const;

/** 328727: direction of the energy in a session, by number. */
export const sessionModalities = ["charging", "vehicle_to_grid", "bidirectional"] as const;

/** 328679: identification types and their numbers. */
export const identificationTypes = {
  NONE: 0,
  DENIED: 1,
  UNDEFINED: 2,
  ISO14443: 10,
  ISO15693: 11,
  EMAID: 20,
  EVCCID: 21,
  EVCOID: 30,
  ISO7812: 40,
  CARD_TXN_NR: 50,
  CENTRAL: 60,
  CENTRAL_1: 61,
  CENTRAL_2: 62,
  LOCAL: 70,
  LOCAL_1: 71,
  LOCAL_2: 72,
  PHONE_NUMBER: 80,
  KEY_CODE: 90,
} as const;
