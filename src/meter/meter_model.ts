import type { Field, WordOrder } from "./codec.ts";

/**
 * Name of a live value in a reading: voltages to neutral in V, currents in A, active powers in W, reactive powers in
 * var, the frequency in Hz, and a number for the phase sequence. Registers and resolution: `docs/meters.md`, "Series".
 */
export type LiveValue =
  | "voltageL1"
  | "voltageL2"
  | "voltageL3"
  | "currentL1"
  | "currentL2"
  | "currentL3"
  | "powerL1"
  | "powerL2"
  | "powerL3"
  | "powerTotal"
  | "reactivePowerL1"
  | "reactivePowerL2"
  | "reactivePowerL3"
  | "reactivePowerTotal"
  | "phaseSequence"
  | "frequency";

/**
 * Name of an additional value in a reading, on request: voltages between phases in V, apparent powers in VA, power
 * factors.
 */
export type ExtendedValue =
  | "voltageL1L2"
  | "voltageL2L3"
  | "voltageL3L1"
  | "apparentPowerL1"
  | "apparentPowerL2"
  | "apparentPowerL3"
  | "apparentPowerTotal"
  | "powerFactorL1"
  | "powerFactorL2"
  | "powerFactorL3"
  | "powerFactorTotal";

/** Live values that one request reads. */
export interface LiveBlock {
  /** Zero-based wire address of the first word. */
  readonly start: number;
  /** Total number of words, including those between the fields. */
  readonly words: number;
  /** The values in the block; two of them may share a register. */
  readonly fields: { readonly [V in LiveValue]?: Field };
  /** Values that are always read with them, and decoded on request. */
  readonly extended?: { readonly [V in ExtendedValue]?: Field };
}

/** The registers of both energies. An energy is the sum of its fields, each in `kWh` or `Wh`. */
export interface EnergyRegisters {
  /** Import from the grid. */
  readonly importWh: readonly Field[];
  /** Export to the grid. */
  readonly exportWh: readonly Field[];
  /** Import from the grid by phase (L1, L2, L3), read on request. */
  readonly importByPhaseWh?: readonly [Field, Field, Field];
}

/** The first working version of a firmware. */
export interface MinFirmware {
  /** `1.8.3` */
  readonly version: string;
  /** The problem of older versions. */
  readonly problem: string;
}

/** Format of a firmware version in its registers. */
export type FirmwareVersion =
  /** One word: major and minor are the nibbles of the high byte, the revision is the low byte: `1.6.3`. */
  | {
    readonly as: "nibbles";
    /** Zero-based wire address of the word. */
    readonly at: number;
    /** @default every version works */
    readonly min?: MinFirmware;
  }
  /** Two words: the version as a letter (0 is A) or as a number, and the revision: `B4`, `12.4`. */
  | {
    /** Form of the version. */
    readonly as: "letter" | "number";
    /** Zero-based wire address of the version. */
    readonly at: number;
    /** Zero-based wire address of the revision. */
    readonly revisionAt: number;
  };

/** Registers of the versions of a meter's parts; absent: no register. */
export interface FirmwareRegisters {
  /** The module that measures, or the whole meter. */
  readonly measure?: FirmwareVersion;
  /** The communication module. */
  readonly communication?: FirmwareVersion;
}

/** A setting or a status that shows whether the meter is installed correctly. */
export interface WiringCheck {
  /** Its register. */
  readonly field: Field;
  /** Correct values. */
  readonly good: readonly number[];
  /** The meaning of any other value, and what to change. */
  readonly advice: string;
  /** The check applies only while another register has this value. */
  readonly onlyIf?: {
    /** The other register. */
    readonly field: Field;
    /** Its value. */
    readonly value: number;
  };
}

/** Registers that show how a meter is installed. */
export interface WiringRegisters {
  /** The measuring system. */
  readonly system: {
    /** Its register. */
    readonly field: Field;
    /** Its values with three phases. */
    readonly threePhase: readonly number[];
  };
  /** Checks at setup. */
  readonly checks: readonly WiringCheck[];
}

/** A register of single bits, and the meaning of those that report an error. */
export interface BitField {
  /** Its register. */
  readonly field: Field;
  /** Text by bit number; a bit that is not listed is not an error. */
  readonly bits: ReadonlyMap<number, string>;
}

/** The time registers, see `registers.ts`. */
export interface ClockRegisters {
  /** Offset of the local time in minutes. */
  readonly timeOffset: Field;
  /** Seconds since 1970. */
  readonly utc: Field;
  /** State of its synchronisation. */
  readonly timeStatus: Field;
}

/** The registers of signatures and OCMF transactions, see `registers.ts`. */
export interface BillingRegisters {
  /** Kind of the key. */
  readonly signatureType: Field;
  /** Public key as an uncompressed point. */
  readonly publicKeyPoint: {
    /** Zero-based wire address of its first word. */
    readonly at: number;
    /** Number of its words, by the bits of the key. */
    readonly words: Readonly<Record<256 | 384, number>>;
  };
  /** Public key as DER SubjectPublicKeyInfo. */
  readonly publicKeyDer: {
    /** Zero-based wire address of its first word. */
    readonly at: number;
    /** Number of its words, by the bits of the key. */
    readonly words: Readonly<Record<256 | 384, number>>;
  };
  /** Live values with their signature; the number of words of the signature depends on the bits of the key. */
  readonly signedMap: {
    /** Address of its first word. */
    readonly at: number;
    /** Number of words of the signed data. */
    readonly dataWords: number;
    /** Number of words of the signature after the data. */
    readonly signatureWords: Readonly<Record<256 | 384, number>>;
  };
  /** The fields of a transaction, its state and its file, by the addresses of their first words. */
  readonly transaction: Readonly<
    Record<string, {
      /** Zero-based wire address of its first word. */
      readonly at: number;
    }>
  >;
}

/**
 * A series of meters as data. Identification, the read plan, decoding, polling, the simulator and `docs/meters.md` use
 * no other facts about a series.
 */
export interface MeterModel {
  /** Name in configurations, logs and programs: `em300`. */
  readonly name: string;
  /** Published name for people: `EM300/ET300`. */
  readonly title: string;
  /** The known identification codes of this series. */
  readonly codes: readonly number[];
  /** Codes of meters whose OCMF registers are never read; with any other code they are. */
  readonly codesWithoutOcmf: readonly number[];
  /** Codes of samples; some of them have the high word of 32-bit values first. */
  readonly sampleCodes?: readonly number[];
  /** The most words of one read. */
  readonly maxWords: number;
  /** Pause in milliseconds between an answer and the next request, for meters that fail without it. @default none */
  readonly minPauseMs?: number;
  /** Registers that the meter returns only in a read of one word. */
  readonly singleWordRegisters: readonly number[];
  /** Versions, only for people. */
  readonly firmware: FirmwareRegisters;
  /** Possible formats of the serial number: the first one that fits its words applies, otherwise the last one. */
  readonly serialNumber: readonly [Field, ...Field[]];
  /** Whether some meters of this series refuse the serial number. @default false */
  readonly hasOptionalSerialNumber?: boolean;
  /** Part of the meter id; a meter may refuse it. */
  readonly productionYear?: Field;
  /** The type on the nameplate, as the records of the meter name it. */
  readonly typeName?: string;
  /** Each block is one request. */
  readonly live: readonly LiveBlock[];
  /** Registers of the energies, the best ones first; setup finds out which of them a meter has. */
  readonly energies: readonly [EnergyRegisters, ...EnergyRegisters[]];
  /** The integers from which a register is over its range, so that it has no value. */
  readonly overRange: {
    /** Of a register of one word. */
    readonly i16: number;
    /** Of a register of two words. */
    readonly i32: number;
  };
  /** Whether currents have no sign and get the sign of the power. @default false */
  readonly currentSign?: "of_power";
  /** Values of the phase sequence register; other values have no meaning. */
  readonly phaseSequence?: {
    /** L1-L2-L3. */
    readonly right: number;
    /** L1-L3-L2. */
    readonly wrong: number;
  };
  /** Registers that show how the meter is installed. */
  readonly wiring?: WiringRegisters;
  /** Temperature inside the meter. */
  readonly temperature?: Field;
  /** Errors that the meter reports. */
  readonly deviceState?: BitField;
  /** Registers of time. */
  readonly clock?: ClockRegisters;
  /** Registers of OCMF transactions and signatures. */
  readonly billing?: BillingRegisters;
}

/** The registers of one meter that setup has found. */
export interface MeterLayout {
  /** Its series. */
  readonly model: MeterModel;
  /** The energy registers of the model that the meter has; undefined: none. */
  readonly energies?: EnergyRegisters;
  /** Word order of values with two or more words. */
  readonly wordOrder: WordOrder;
  /** Whether its measuring system has three phases; undefined: unknown. */
  readonly threePhase?: boolean;
}
