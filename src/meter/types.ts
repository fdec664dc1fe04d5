import type { MeterFault, MeterFaults } from "./faults.ts";
import type { MeterLayout } from "./meter_model.ts";
import type { OcmfState } from "./registers.ts";

/** The name of a {@linkcode MeterModel}. */
export type Family = string;

/** Whether a meter can bill, and with what key; a meter that cannot says why. */
export type Billing =
  | {
    readonly able: true;
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
    /** A sentence for people. */
    readonly reason: string;
  };

/** What a meter says of itself at setup. */
export interface Identity {
  /** Controls identification code, register 300012. */
  readonly code: number;
  /** The name of its series: `em580`. */
  readonly family: Family;
  /** The name of its series for people: `EM300/ET300`. */
  readonly model: string;
  /** Its registers. */
  readonly layout: MeterLayout;
  /** Versions of the meter's parts, as its series writes them; absent where they cannot be read. */
  readonly firmware: { readonly measure?: string; readonly communication?: string };
  /** Register 320481. */
  readonly serialNumber: string;
  /** Register 320488 or 320497; absent where the meter has none. */
  readonly productionYear?: number;
  /** Serial number, a dot and the production year; without a year the serial number alone. */
  readonly meterId: string;
  /** Whether and with what key it can bill. */
  readonly billing: Billing;
}

/** A signed live map as the meter gave it, register 302049. */
export interface SignedValue {
  /** 122 bytes in upper-case hex. */
  readonly data: string;
  /** r and s, upper-case hex. */
  readonly signature: string;
  /** As in {@linkcode Billing}. */
  readonly signingMethod: string;
  /** Wall clock in milliseconds when it was on the wire. */
  readonly takenAtMs: number;
}

/** A value for each phase. */
export interface Phases {
  /** First phase. */
  readonly L1: number;
  /** Second phase. */
  readonly L2: number;
  /** Third phase. */
  readonly L3: number;
}

/** A value for each phase that has one. */
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
  /** As the meter adds them up. */
  readonly total?: number;
}

/** What a reading holds on request. What was not read, or is over range, is absent. */
export interface ExtendedReading {
  /** Between two phases. */
  readonly lineVoltageV?: { readonly L1_L2?: number; readonly L2_L3?: number; readonly L3_L1?: number };
  /** 0 and more. */
  readonly apparentPowerVa?: PowerValues;
  /** -1..1, the sign of the active power. */
  readonly powerFactor?: PowerValues;
  /** Whole Wh since the meter was made. */
  readonly energyImportByPhaseWh?: PhaseValues;
  /** Whole Wh since the meter was made. */
  readonly energyExportByPhaseWh?: PhaseValues;
}

/** One reading: what was read in one cycle, exact decimals of the registers. What was not read, or is over range, is absent. */
export interface Reading {
  /** As in {@linkcode Identity}. */
  readonly meterId: string;
  /** Wall clock in milliseconds when the values were on the wire. */
  readonly takenAtMs: number;
  /** True: L1-L3-L2; false: L1-L2-L3; absent: the meter does not say, or not all three phases have voltage. */
  readonly phaseSequenceError?: boolean;
  /** Whole Wh since the meter was made. */
  readonly energyImportWh?: number;
  /** Whole Wh since the meter was made. */
  readonly energyExportWh?: number;
  /** Positive: import, negative: export. */
  readonly powerW?: PowerValues;
  /** Between each phase and the neutral. */
  readonly voltageV?: PhaseValues;
  /** Signed as the meter has it. */
  readonly reactivePowerVar?: PowerValues;
  /** Positive: import, negative: export. */
  readonly currentA?: PhaseValues;
  /** Of the grid. */
  readonly frequencyHz?: number;
  /** Inside the meter. */
  readonly temperatureC?: number;
  /** What is read along with the rest; on request. */
  readonly extended?: ExtendedReading;
  /** The live values as the meter signed them; of a meter with a key only. */
  readonly signedValue?: SignedValue;
}

/** `connecting`: setup runs; `online`: it is through; `offline`: pause after a failure; `stopped`: the service ended. */
export type MeterState = "connecting" | "online" | "offline" | "stopped";

/** News of a meter, in the order in which it happened. */
export type MeterEvent =
  | { readonly kind: "state"; readonly state: MeterState; readonly atMs: number }
  /** Setup has read who the meter is; `previous` where it had been read before. */
  | { readonly kind: "identified"; readonly identity: Identity; readonly previous?: Identity }
  /** The line was opened again, and the same meter answers. */
  | { readonly kind: "recognised" }
  | { readonly kind: "reading"; readonly reading: Reading }
  /** The OCMF state as the monitor read it while a transaction is open. */
  | { readonly kind: "ocmf_state"; readonly state: OcmfState }
  | { readonly kind: "fault"; readonly fault: MeterFault };

/** The values that a start writes, as numbers and texts of the registers, in the order of `docs/meters.md`. */
export interface TransactionFields {
  /** 1 assigned, 0 not. */
  readonly identificationStatus: 0 | 1;
  /** 0..9. */
  readonly identificationLevel: number;
  /** RFID, OCPP, ISO15118, PLMN; unused = 0. */
  readonly identificationFlags: readonly [number, number, number, number];
  /** 0..90, by the numbers of `docs/meters.md`. */
  readonly identificationType: number;
  /** Up to 39 bytes; what is more is cut. */
  readonly identificationData: string;
  /** 0 EVSEID, 1 CBIDC. */
  readonly chargingPointType: number;
  /** Up to 39 bytes; what is more is cut. */
  readonly chargingPoint: string;
  /** The whole TT, transaction id included: at most 250 bytes. */
  readonly tariffText: string;
  /** 0 a vehicle is charged, 1 vehicle to grid, 2 both. */
  readonly sessionModality: number;
}

/**
 * What transactions need of a meter. Each step is tried as often as the meter's settings say, with priority
 * `transaction`; begin, end and confirm reach the line once each.
 *
 * Every step throws `LineError`, `ModbusError` or `PortError`, and goes to the line whatever the meter's state is.
 */
export interface TransactionSteps {
  /** Name of the meter in the configuration. */
  readonly name: string;
  /** Absent until setup has read it; kept while the meter is offline. */
  readonly identity: Identity | undefined;
  /** Only `online` meters answer, save those that answer badly. */
  readonly state: MeterState;
  /** Whether the meter is there although it is not online: what failed last was an answer, damaged or a refusal. */
  readonly answersBadly: boolean;
  /** Number of the line's connection; behind another one, other meters may answer. */
  readonly connection: number;
  /** For faults that a transaction finds. */
  readonly faults: MeterFaults;
  /**
   * Runs one piece of work at a time: transactions and the clock never interleave. All of its steps belong to the
   * connection of the line on which the meter was recognised when the work began: once the line has opened again they
   * fail as closed. Not reentrant.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Waits up to 5 s while the line is gone, or was opened again and the meter is not recognised yet; to be called
   * outside `exclusive`. Undefined: there is nothing to wait for, not even a turn.
   */
  recognised(): Promise<void> | undefined;
  /**
   * Reads the serial number.
   *
   * @throws {MeterError} `replaced`: another meter answers, which setup identifies next; `unexpected_value`: it is implausible
   * @throws {LineError} no usable answer
   * @throws {ModbusError} the meter refused
   */
  requireSameMeter(): Promise<void>;
  /** Register 328929. @throws {MeterError} `unexpected_value`: a number that is none of the four */
  readOcmfState(): Promise<OcmfState>;
  /** Nine fields, each written in the order of `docs/meters.md`. Safe to repeat. */
  writeTransaction(fields: TransactionFields): Promise<void>;
  /** Writes 'B', once. */
  begin(): Promise<void>;
  /** Writes 'E', once. */
  end(): Promise<void>;
  /** The tariff text register 326881. */
  readTariffText(): Promise<string>;
  /**
   * Size and content of the OCMF file, trailing NULs removed; empty when the size is 0.
   *
   * @throws {MeterError} `unexpected_value`: a size beyond 2031 words
   */
  readOcmfFile(): Promise<Uint8Array>;
  /**
   * Whatever can be read of a corrupted file: all 2031 words, whatever its size says, up to what is refused.
   *
   * @throws {ModbusError} the meter is busy
   */
  salvageOcmfFile(): Promise<Uint8Array>;
  /** Writes NOT_READY to 328929, once: the meter erases its file. Store the file durably first. */
  confirmOcmfFile(): Promise<void>;
  /** The signed live map, now. @throws {MeterError} `not_supported`: the meter has no signature key */
  readSignedValue(): Promise<SignedValue>;
  /**
   * Sets a clock whose turn came while a transaction was open; to be called within `exclusive`, right after the
   * confirm. Never throws: what fails is a fault.
   *
   * @param lostPower the record says that the meter was without power: its clock is set in any case
   */
  setClockIfDue(lostPower?: boolean): Promise<void>;
  /**
   * Logs the time status, and sets a clock that was not set within the last hour; to be called within `exclusive`, right
   * before the transaction's fields are written. Waits for one unanswered exchange at most. Never throws: what fails is a
   * fault.
   */
  setClockBeforeStart(): Promise<void>;
  /** Whether the settings want it told that the meter closed a transaction by itself. */
  readonly reportsClosing: boolean;
  /**
   * Turns the monitor on or off: while on, the OCMF state is read in each live cycle where the settings want that, and
   * after each interruption.
   */
  monitor(on: boolean): void;
}
