import type { MeterFault, MeterFaults } from "./faults.ts";
import type { MeterLayout } from "./meter_model.ts";
import type { OcmfState } from "./registers.ts";

/** The name of a {@linkcode MeterModel}. */
export type Family = string;

/** Whether a meter can bill, and with which key; otherwise the reason. */
export type Billing =
  | {
    readonly able: true;
    /** Bits of its key, from the type of signature: register 309472 (24FFh). */
    readonly keyBits: 256 | 384;
    /** `ECDSA-brainpoolP256r1-SHA256` or `ECDSA-brainpoolP384r1-SHA256`. */
    readonly signingMethod: string;
    /** Uncompressed point, upper-case hex: 04, X, Y. */
    readonly publicKeyPoint: string;
    /** DER SubjectPublicKeyInfo, upper-case hex. */
    readonly publicKeyDer: string;
  }
  | {
    readonly able: false;
    /** A clause for people. */
    readonly reason: string;
  };

/** Identity of a meter from setup. */
export interface Identity {
  /** Controls identification code, register 300012 (000Bh). */
  readonly code: number;
  /** Name of its series: `em580`. */
  readonly family: Family;
  /** Name of its series for people: `EM300/ET300`. */
  readonly model: string;
  /** Its registers. */
  readonly layout: MeterLayout;
  /** Versions of the meter's parts, in the format of its series; absent: they cannot be read. */
  readonly firmware: {
    /** The module that measures, or the whole meter: `1.6.3`, `B4`. */
    readonly measure?: string;
    /** The communication module: `1.8.3`. */
    readonly communication?: string;
  };
  /** Register 320481 (5000h); of an EM24 304865 (1300h). */
  readonly serialNumber: string;
  /** Register 320488 (5007h) or 320497 (5010h); absent: the meter has none. */
  readonly productionYear?: number;
  /** Serial number, a dot and the production year; without a year only the serial number. */
  readonly meterId: string;
  /** Whether and with which key it can bill. */
  readonly billing: Billing;
}

/** A signed live map from the meter: registers 302049 (0800h), table "Keys" of `docs/meters.md`. */
export interface SignedValue {
  /** 122 bytes in upper-case hex. */
  readonly data: string;
  /** r and s, upper-case hex: 64 bytes of a 256-bit key, 96 of a 384-bit key. */
  readonly signature: string;
  /** See {@linkcode Billing}. */
  readonly signingMethod: string;
  /** Wall clock in milliseconds when it was read. */
  readonly takenAtMs: number;
}

/** A value for each phase, in the unit that the name of the field ends with. */
export interface Phases {
  /** First phase. */
  readonly L1: number;
  /** Second phase. */
  readonly L2: number;
  /** Third phase. */
  readonly L3: number;
}

/** A value for each phase, if known, in the unit that the name of the field ends with. */
export interface PhaseValues {
  /** First phase. */
  readonly L1?: number;
  /** Second phase. */
  readonly L2?: number;
  /** Third phase. */
  readonly L3?: number;
}

/** The same with the value of all phases together. */
export interface PowerValues extends PhaseValues {
  /** The sum that the meter reports. */
  readonly total?: number;
}

/** Additional values of a reading. Values that were not read, or are over range, are absent. */
export interface ExtendedReading {
  /** Voltages between two phases, in V. */
  readonly lineVoltageV?: {
    /** Between the first and the second phase. */
    readonly L1_L2?: number;
    /** Between the second and the third phase. */
    readonly L2_L3?: number;
    /** Between the third and the first phase. */
    readonly L3_L1?: number;
  };
  /** Apparent power in VA, 0 or more. */
  readonly apparentPowerVa?: PowerValues;
  /** -1..1, with the sign of the active power. */
  readonly powerFactor?: PowerValues;
  /** Whole Wh since the production of the meter. */
  readonly energyImportByPhaseWh?: PhaseValues;
  /** Whole Wh since the production of the meter. */
  readonly energyExportByPhaseWh?: PhaseValues;
}

/**
 * One reading: the values of one cycle. They are the decimals of the registers, not rounded: 2301 steps of 0.1 V are
 * 230.1. Units end the names. Values that were not read, or are over range, are absent. Source: the live and energy
 * registers of the series, `docs/meters.md`.
 */
export interface Reading {
  /** See {@linkcode Identity}. */
  readonly meterId: string;
  /** Wall clock in milliseconds when the values were read. */
  readonly takenAtMs: number;
  /** True: L1-L3-L2; false: L1-L2-L3; absent: unknown, or not all three phases have voltage. */
  readonly phaseSequenceError?: boolean;
  /** Whole Wh from the grid since the production of the meter, 0..2^53. */
  readonly energyImportWh?: number;
  /** Whole Wh to the grid since the production of the meter, 0..2^53. */
  readonly energyExportWh?: number;
  /** Active power in W. Positive: import, negative: export. */
  readonly powerW?: PowerValues;
  /** Voltages between each phase and neutral, in V. */
  readonly voltageV?: PhaseValues;
  /** Reactive power in var, with the sign that the meter reports. */
  readonly reactivePowerVar?: PowerValues;
  /** Currents in A. Positive: import, negative: export. */
  readonly currentA?: PhaseValues;
  /** Grid frequency in Hz. */
  readonly frequencyHz?: number;
  /** Temperature inside the meter in degrees Celsius; only an EM580 measures it. */
  readonly temperatureC?: number;
  /** Additional values, on request. */
  readonly extended?: ExtendedReading;
  /** The signed live values; only of a meter with a key. */
  readonly signedValue?: SignedValue;
}

/** Energies that were read at the end of an interval. */
export type EnergyReading = Pick<Reading, "meterId" | "takenAtMs" | "energyImportWh" | "energyExportWh">;

/**
 * `connecting`: setup runs; `online`: setup has succeeded; `offline`: pause after a failure; `stopped`: the service
 * ended.
 */
export type MeterState = "connecting" | "online" | "offline" | "stopped";

/** An event of a meter. */
export type MeterEvent =
  | { readonly kind: "state"; readonly state: MeterState; readonly atMs: number }
  /** Setup has identified the meter; `previous`: the earlier identity, if any. */
  | { readonly kind: "identified"; readonly identity: Identity; readonly previous?: Identity }
  /** The line was opened again, and the same meter answers. */
  | { readonly kind: "recognised" }
  | { readonly kind: "reading"; readonly reading: Reading }
  /** The energies at the end of an interval of the settings, without other values. */
  | { readonly kind: "energies"; readonly energies: EnergyReading }
  /** The OCMF state that the monitor has read while a transaction is open. */
  | { readonly kind: "ocmf_state"; readonly state: OcmfState }
  | { readonly kind: "fault"; readonly fault: MeterFault };

/** The values that a start writes, as numbers and texts of the registers, in the order of `docs/meters.md`. */
export interface TransactionFields {
  /** 1: assigned, 0: not assigned. */
  readonly identificationStatus: 0 | 1;
  /** 0..9. */
  readonly identificationLevel: number;
  /** RFID, OCPP, ISO15118, PLMN; unused = 0. */
  readonly identificationFlags: readonly [number, number, number, number];
  /** 0..90, by the numbers of `docs/meters.md`. */
  readonly identificationType: number;
  /** Up to 39 bytes; a longer text is cut. */
  readonly identificationData: string;
  /** 0 EVSEID, 1 CBIDC. */
  readonly chargingPointType: number;
  /** Up to 39 bytes; a longer text is cut. */
  readonly chargingPoint: string;
  /** The whole TT, including the transaction id: at most 250 bytes. */
  readonly tariffText: string;
  /** 0: charging, 1: vehicle to grid, 2: both. */
  readonly sessionModality: number;
}

/**
 * The interface of a meter for transactions. Each step has the attempts of the meter's settings and the priority
 * `transaction`; begin, end and confirm are sent only once.
 *
 * Every step can throw `LineError`, `ModbusError` or `PortError`, and is sent independent of the state of the meter.
 */
export interface TransactionSteps {
  /** Name of the meter in the configuration. */
  readonly name: string;
  /** Absent until setup has read it; kept while the meter is offline. */
  readonly identity: Identity | undefined;
  /** Only `online` meters answer, except those with `answersBadly`. */
  readonly state: MeterState;
  /** Whether the meter answers although it is not online: its last answer was damaged or a refusal. */
  readonly answersBadly: boolean;
  /** Number of the line's connection; on another connection, other meters may answer. */
  readonly connection: number;
  /** Faults of the meter, also those that a transaction raises. */
  readonly faults: MeterFaults;
  /**
   * Runs one task at a time: transactions and the clock never interleave. All steps of the task belong to the
   * connection of the line on which the meter was recognised when the task began; after the line was opened again, they
   * fail as closed. Not reentrant.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Waits up to 5 s while the line is closed, or until the meter is recognised after the line was opened again. Call it
   * outside `exclusive`. Undefined: no wait is needed.
   */
  recognised(): Promise<void> | undefined;
  /**
   * Reads the serial number.
   *
   * @throws {MeterError} `replaced`: another meter answers, and setup will identify it; `unexpected_value`: it is
   * implausible
   * @throws {LineError} no usable answer
   * @throws {ModbusError} the meter refused
   */
  requireSameMeter(): Promise<void>;
  /** Reads register 328929. @throws {MeterError} `unexpected_value`: an unknown number */
  readOcmfState(): Promise<OcmfState>;
  /** Writes the nine fields in the order of `docs/meters.md`. Safe to repeat. */
  writeTransaction(fields: TransactionFields): Promise<void>;
  /** Writes 'B', once. */
  begin(): Promise<void>;
  /** Writes 'E', once. */
  end(): Promise<void>;
  /** Reads the tariff text, register 326881. */
  readTariffText(): Promise<string>;
  /**
   * Reads size and content of the OCMF file, without trailing NULs; empty if the size is 0.
   *
   * @throws {MeterError} `unexpected_value`: a size beyond 2031 words
   */
  readOcmfFile(): Promise<Uint8Array>;
  /**
   * Reads as much as possible of a corrupted file: all 2031 words, independent of its size, up to the first refusal.
   *
   * @throws {ModbusError} the meter is busy
   */
  salvageOcmfFile(): Promise<Uint8Array>;
  /** Writes NOT_READY to 328929, once: the meter erases its file. Store the file durably first. */
  confirmOcmfFile(): Promise<void>;
  /** Reads the signed live map. @throws {MeterError} `not_supported`: the meter has no signature key */
  readSignedValue(): Promise<SignedValue>;
  /**
   * Sets the clock if it became due while a transaction was open. Call it within `exclusive`, right after the
   * confirmation. Never throws: a failure raises a fault.
   *
   * @param lostPower the record shows that the meter was without power: its clock is always set
   */
  setClockIfDue(lostPower?: boolean): Promise<void>;
  /**
   * Logs the time status, and sets the clock if it was not set within the last hour. Call it within `exclusive`, right
   * before the fields of the transaction are written. Waits for at most one unanswered exchange. Never throws: a
   * failure raises a fault.
   */
  setClockBeforeStart(): Promise<void>;
  /** Whether the settings require a fault when the meter has closed a transaction itself. */
  readonly reportsClosing: boolean;
  /**
   * Turns the monitor on or off: while it is on, the OCMF state is read after each interruption and, depending on the
   * settings, in each live cycle.
   */
  monitor(on: boolean): void;
}
