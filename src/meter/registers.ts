/**
 * The register map as data: wire addresses (document address minus 300001). The decoder, the simulator and the
 * documentation read the same tables.
 *
 * @module
 */
import type { Block, Field } from "./codec.ts";

/** 300012: Controls identification code, only visible to a single-register read. */
export const identificationCode = { at: 0x000b, as: "u16" } as const satisfies Field;

/** The identification codes of the EM300/ET300 series: live metering only. Every other code is EM580 class. */
export const em300Codes: ReadonlyMap<number, string> = new Map(
  [331, 332, 335, 336, 340, 341, 345, 346, 355].map((code) => [code, "EM300/ET300"]),
);

/** 300771, 300772: firmware of the measure and the communication module. High byte major.minor, low byte revision. */
export const firmware = {
  start: 0x0302,
  words: 2,
  fields: { measure: { at: 0x0302, as: "u16" }, communication: { at: 0x0303, as: "u16" } },
} as const satisfies Block;

/** 320481: serial number, EM580. */
export const em580Serial = { at: 0x5000, as: "char", words: 7 } as const satisfies Field;
/** 320481: serial number, EM300 series: one character a word. */
export const em300Serial = { at: 0x5000, as: "lowChar", words: 7 } as const satisfies Field;
/** 320488: production year, EM580. */
export const em580Year = { at: 0x5007, as: "u16" } as const satisfies Field;
/** 320497: production year, EM330 and EM340 made since October 2018; others answer with an exception. */
export const em300Year = { at: 0x5010, as: "u16" } as const satisfies Field;

/** 320499: device state bits, EM580 only. */
export const deviceState = { at: 0x5012, as: "u16" } as const satisfies Field;

/** Meaning of the device state's bits; a bit that is not listed is no fault. */
export const deviceStateBits: ReadonlyMap<number, string> = new Map([
  [0, "voltage V1N over maximum range"],
  [1, "voltage V2N over maximum range"],
  [2, "voltage V3N over maximum range"],
  [3, "voltage V12 over maximum range"],
  [4, "voltage V23 over maximum range"],
  [5, "voltage V31 over maximum range"],
  [6, "current I1 over maximum range"],
  [7, "current I2 over maximum range"],
  [8, "current I3 over maximum range"],
  [9, "frequency outside validity range"],
  [12, "EVCS module internal fault"],
  [13, "measure module internal fault"],
]);

/** 300001: the live values of both families. */
export const live = {
  start: 0x0000,
  words: 52,
  fields: {
    voltageL1: { at: 0x0000, as: "i32", unit: "V", exp: -1 },
    voltageL2: { at: 0x0002, as: "i32", unit: "V", exp: -1 },
    voltageL3: { at: 0x0004, as: "i32", unit: "V", exp: -1 },
    currentL1: { at: 0x000c, as: "i32", unit: "A", exp: -3 },
    currentL2: { at: 0x000e, as: "i32", unit: "A", exp: -3 },
    currentL3: { at: 0x0010, as: "i32", unit: "A", exp: -3 },
    powerL1: { at: 0x0012, as: "i32", unit: "W", exp: -1 },
    powerL2: { at: 0x0014, as: "i32", unit: "W", exp: -1 },
    powerL3: { at: 0x0016, as: "i32", unit: "W", exp: -1 },
    reactivePowerL1: { at: 0x001e, as: "i32", unit: "var", exp: -1 },
    reactivePowerL2: { at: 0x0020, as: "i32", unit: "var", exp: -1 },
    reactivePowerL3: { at: 0x0022, as: "i32", unit: "var", exp: -1 },
    powerTotal: { at: 0x0028, as: "i32", unit: "W", exp: -1 },
    reactivePowerTotal: { at: 0x002c, as: "i32", unit: "var", exp: -1 },
    phaseSequence: { at: 0x0032, as: "i16" },
    frequency: { at: 0x0033, as: "i16", unit: "Hz", exp: -1 },
  },
} as const satisfies Block;

/** The reads in which EM300 meters give their live values: they do not take the whole block at once. */
export const em300LiveReads = [{ start: 0x0000, words: 50 }, { start: 0x0032, words: 2 }] as const;

/** 301281: energies of the EM580. */
export const em580Energy = {
  start: 0x0500,
  words: 32,
  fields: {
    importWh: { at: 0x0500, as: "i64", unit: "Wh" },
    exportWh: { at: 0x051c, as: "i64", unit: "Wh" },
  },
} as const satisfies Block;

/** 301025: energies of the EM300 series, whole kWh and the Wh part apart. */
export const em300Energy = {
  start: 0x0400,
  words: 12,
  fields: {
    importKwh: { at: 0x0400, as: "i32", unit: "kWh" },
    importWhPart: { at: 0x0402, as: "i32", unit: "Wh" },
    exportKwh: { at: 0x0408, as: "i32", unit: "kWh" },
    exportWhPart: { at: 0x040a, as: "i32", unit: "Wh" },
  },
} as const satisfies Block;

/** 300776: internal temperature, EM580 only. */
export const temperature = { at: 0x0307, as: "i16", unit: "degC", exp: -1 } as const satisfies Field;

/** 302049: signed live map: 61 words of data, then r and s. */
export const signedMap = { at: 0x0800, dataWords: 61, signatureWords: { 256: 32, 384: 48 } } as const;

/** 309472: signature type: 0 = 256-bit, 1 = 384-bit, 2 = none. */
export const signatureType = { at: 0x24ff, as: "u16" } as const satisfies Field;
/** 309473: public key as an uncompressed point; bits / 8 + 1 words, the last byte unused. */
export const publicKeyPoint = { at: 0x2500, words: { 256: 33, 384: 49 } } as const;
/** 309729: public key as DER SubjectPublicKeyInfo. */
export const publicKeyDer = { at: 0x2600, words: { 256: 46, 384: 62 } } as const;

/** 328722: local time offset in minutes. */
export const timeOffset = { at: 0x7031, as: "i16", unit: "min" } as const satisfies Field;
/** 328723: UTC in seconds since 1970. */
export const utc = { at: 0x7032, as: "u64", unit: "s" } as const satisfies Field;
/** 328769: what the meter says of its time's synchronisation; no document explains the numbers. */
export const timeStatus = { at: 0x7060, as: "u16" } as const satisfies Field;

/** The OCMF transaction's registers. */
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

/** 328675: the four groups of identification flags, in the order of their registers; a flag's place is its number. */
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

/** 328700: what the charging point's identifier is, by its number. */
export const chargingPointTypes = ["EVSEID", "CBIDC"] as const;

/** 328727: which way energy is to flow in a session, by its number. */
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
