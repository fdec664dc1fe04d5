import type { Field, WordOrder } from "./codec.ts";

/** What a reading can hold of the live values. */
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

/** What a reading can hold besides, on request. */
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
  /** Words in all, those between the fields included. */
  readonly words: number;
  /** The values in it; two of them may share a register. */
  readonly fields: { readonly [V in LiveValue]?: Field };
  /** What is read along with them in any case, and decoded on request. */
  readonly extended?: { readonly [V in ExtendedValue]?: Field };
}

/** The registers of both energies. An energy is the sum of its fields, each in `kWh` or `Wh`. */
export interface EnergyRegisters {
  /** From the grid. */
  readonly importWh: readonly Field[];
  /** To the grid. */
  readonly exportWh: readonly Field[];
  /** From the grid through L1, L2 and L3, read on request. */
  readonly importByPhaseWh?: readonly [Field, Field, Field];
}

/** The first version of a firmware that works. */
export interface LeastFirmware {
  /** `1.8.3` */
  readonly version: string;
  /** What older ones do. */
  readonly trouble: string;
}

/** How a firmware version lies in its registers. */
export type FirmwareVersion =
  /** One word: major and minor are the nibbles of the high byte, the revision is the low byte: `1.6.3`. */
  | { readonly as: "nibbles"; readonly at: number; readonly least?: LeastFirmware }
  /** Two words: the version as a letter (0 is A) or as a number, and the revision: `B4`, `12.4`. */
  | { readonly as: "letter" | "number"; readonly at: number; readonly revisionAt: number };

/** Versions of the parts of a meter; what is absent has no register. */
export interface FirmwareRegisters {
  /** The module that measures, or the whole meter. */
  readonly measure?: FirmwareVersion;
  /** The module that talks on the line. */
  readonly communication?: FirmwareVersion;
}

/** A setting, or a status, that shows whether the meter is installed as its readings need it. */
export interface WiringCheck {
  /** Its register. */
  readonly field: Field;
  /** Values that need no correction. */
  readonly good: readonly number[];
  /** What any other value means, and what to change. */
  readonly advice: string;
  /** It counts only while another register has this value. */
  readonly onlyIf?: { readonly field: Field; readonly value: number };
}

/** What shows how a meter is installed. */
export interface WiringRegisters {
  /** The measuring system, and its values with three phases. */
  readonly system: { readonly field: Field; readonly threePhase: readonly number[] };
  /** Checked at setup. */
  readonly checks: readonly WiringCheck[];
}

/** A register of single bits, and the meaning of those that report an error. */
export interface BitField {
  /** Its register. */
  readonly field: Field;
  /** In words, by the number of the bit; a bit that is not listed is no fault. */
  readonly bits: ReadonlyMap<number, string>;
}

/** The registers of time, as `registers.ts` has them. */
export interface ClockRegisters {
  /** Of local time, in minutes. */
  readonly timeOffset: Field;
  /** Seconds since 1970. */
  readonly utc: Field;
  /** Of its synchronisation. */
  readonly timeStatus: Field;
}

/** The registers of signatures and OCMF transactions, as `registers.ts` has them. */
export interface BillingRegisters {
  /** Which key the meter has. */
  readonly signatureType: Field;
  /** As an uncompressed point; words by the bits of the key. */
  readonly publicKeyPoint: { readonly at: number; readonly words: Readonly<Record<256 | 384, number>> };
  /** As DER SubjectPublicKeyInfo; words by the bits of the key. */
  readonly publicKeyDer: { readonly at: number; readonly words: Readonly<Record<256 | 384, number>> };
  /** Live values with their signature, the words of which go by the bits of the key. */
  readonly signedMap: {
    /** Its first word. */
    readonly at: number;
    /** Words of signed data. */
    readonly dataWords: number;
    /** Words of the signature behind them. */
    readonly signatureWords: Readonly<Record<256 | 384, number>>;
  };
  /** The fields of a transaction, its state and its file, by their first words. */
  readonly transaction: Readonly<Record<string, { readonly at: number }>>;
}

/**
 * A series of meters as data. Identification, the plan of reads, decoding, polling, the simulator and `docs/meters.md`
 * read nothing else of a series.
 */
export interface MeterModel {
  /** The name in configurations, logs and programs: `em300`. */
  readonly name: string;
  /** The name for people, as it is published: `EM300/ET300`. */
  readonly title: string;
  /** The identification codes that are known to be of this series. */
  readonly codes: readonly number[];
  /** Those of them with which a meter is never asked for OCMF registers; with any other code it is. */
  readonly codesWithoutOcmf: readonly number[];
  /** Those of samples, some of which have the high word of 32-bit values first. */
  readonly sampleCodes?: readonly number[];
  /** Words that one request reads at most. */
  readonly mostWords: number;
  /** Pause in milliseconds between an answer and the next request, for meters that fail without it. @default none */
  readonly leastPauseMs?: number;
  /** Registers that only a read of this one word returns. */
  readonly readAlone: readonly number[];
  /** Versions, for people only. */
  readonly firmware: FirmwareRegisters;
  /** Ways in which the serial number may lie: the first that its words fit counts, else the last. */
  readonly serialNumber: readonly [Field, ...Field[]];
  /** Whether meters of this series are known that refuse the serial number. @default false */
  readonly mayLackSerialNumber?: boolean;
  /** Part of the meter id; a meter may refuse it. */
  readonly productionYear?: Field;
  /** The type on the plate, as the meter's records name it. */
  readonly typeName?: string;
  /** Each block is one request. */
  readonly live: readonly LiveBlock[];
  /** Registers of the energies, the best ones first: a meter is asked at setup which of them it has. */
  readonly energies: readonly [EnergyRegisters, ...EnergyRegisters[]];
  /** The integers from which on a register is over its range, so that it has no value. */
  readonly overRange: { readonly i16: number; readonly i32: number };
  /** Currents without a sign of their own take that of the power. @default their own sign */
  readonly currentSign?: "of_power";
  /** What the register of the phase sequence holds for L1-L2-L3 and for L1-L3-L2; every other number has no meaning. */
  readonly phaseSequence?: { readonly right: number; readonly wrong: number };
  /** How the meter is installed. */
  readonly wiring?: WiringRegisters;
  /** Inside the meter. */
  readonly temperature?: Field;
  /** Errors that the meter reports. */
  readonly deviceState?: BitField;
  /** Registers of time. */
  readonly clock?: ClockRegisters;
  /** Registers of OCMF transactions and signatures. */
  readonly billing?: BillingRegisters;
}

/** The registers of one meter, as setup found them. */
export interface MeterLayout {
  /** Its series. */
  readonly model: MeterModel;
  /** Those of the model's energy registers that the meter has; absent: none of them. */
  readonly energies?: EnergyRegisters;
  /** Of values in two words and more. */
  readonly wordOrder: WordOrder;
  /** Whether its measuring system has three phases; absent: it does not say. */
  readonly threePhase?: boolean;
}
