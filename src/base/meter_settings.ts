/** How a public key is written: the uncompressed point, or SubjectPublicKeyInfo; both in upper-case hex. */
export type PublicKeyFormat = "binary" | "der";

/** One meter, including the defaults in the file. Units are in the names. */
export interface MeterSettings {
  /** One token, unique in the file. */
  readonly name: string;
  /** Modbus unit id, 1..255; unique on its line. */
  readonly unit: number;
  /** The series as which it is read; absent: determined from the meter. */
  readonly model?: string;
  /** Attempts of each read or write after setup, 1..100. */
  readonly communicationRetryCount: number;
  /** Pause between two of these attempts, 10..10000. */
  readonly communicationRetryDelayMs: number;
  /** Pause after a failure before setup starts again, 1..600. */
  readonly communicationErrorPauseDelayS: number;
  /** Attempts of setup, 0..100; 0: forever. */
  readonly initialConnectionRetryCount: number;
  /** Pause between two attempts of setup, 100..60000. */
  readonly initialConnectionRetryDelayMs: number;
  /** Local time of the meter, minutes from UTC, -1440..1440. */
  readonly timezoneOffsetMinutes: number;
  /** Time zone of the meter, instead of `timezoneOffsetMinutes`. */
  readonly timeZone?: string | undefined;
  /** Whether the meter is mounted in reverse, so that its readings change their sign. */
  readonly invert: boolean;
  /** Whether readings also contain voltages between phases, apparent power and power factor. */
  readonly extendedValues: boolean;
  /** Time between two readings, 500..60000. */
  readonly liveMeasurementIntervalMs: number;
  /** Time between two reads of the device state, 500..60000. */
  readonly deviceStateReadIntervalMs: number;
  /** Format of its public key in payloads and records. */
  readonly publicKeyFormat: PublicKeyFormat;
  /** Whether to monitor the OCMF state while a transaction is open. */
  readonly monitorTransactionState: boolean;
  /**
   * When signed values are read: in every reading, only at the start of a transaction, or at the start and in
   * `reading.get`.
   */
  readonly publishSignedValues: "every" | "never" | "on_demand";
  /** Time between two reads of the energies, never less than `liveMeasurementIntervalMs`, to 600000. */
  readonly energyIntervalMs: number;
  /** Like `energyIntervalMs`, for the temperature. */
  readonly temperatureIntervalMs: number;
  /** Like `energyIntervalMs`, for the signed values. */
  readonly signedValueIntervalMs: number;
  /** Whether the signature of each signed value is verified. */
  readonly verifySignedValues: boolean;
}
