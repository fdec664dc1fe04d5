/** How a public key is written: the uncompressed point, or SubjectPublicKeyInfo; both in upper-case hex. */
export type PublicKeyFormat = "binary" | "der";

/**
 * One meter, including the defaults in the file. Each member is the key of the same name in `lines[].meters[]` of
 * `docs/configuration.md`, in camel case; `@default` is the default in the file. Units end the names.
 */
export interface MeterSettings {
  /** Its token in subjects: letters, digits, - and _, the first not _; unique in the file. */
  readonly name: string;
  /** Modbus unit id, 1..255, unique on its line; the key `powermeter_device_id`. @default 1 */
  readonly unit: number;
  /** The series as which it is read: a name of {@linkcode MeterModel}. @default none: the answers of the meter decide */
  readonly model?: string;
  /** Attempts of each read or write after setup, 1..100. @default 3 */
  readonly communicationRetryCount: number;
  /** Pause between two of these attempts, 10..10000 ms. @default 500 */
  readonly communicationRetryDelayMs: number;
  /** Pause after a failure before setup starts again, 1..600 s. @default 10 */
  readonly communicationErrorPauseDelayS: number;
  /** Attempts of setup, 0..100; 0: without a limit. @default 10 */
  readonly initialConnectionRetryCount: number;
  /** Pause between two attempts of setup, 100..60000 ms. @default 2000 */
  readonly initialConnectionRetryDelayMs: number;
  /** Local time of the meter, -1440..1440 minutes from UTC. @default 0 */
  readonly timezoneOffsetMinutes: number;
  /** Time zone of the meter (IANA name), instead of `timezoneOffsetMinutes`. @default none */
  readonly timeZone?: string | undefined;
  /** Whether the meter is mounted in reverse, so that its readings change their sign. @default false */
  readonly invert: boolean;
  /** Whether readings also contain voltages between phases, apparent power and power factor. @default false */
  readonly extendedValues: boolean;
  /** Time between two readings, 500..60000 ms. @default 1000 */
  readonly liveMeasurementIntervalMs: number;
  /** Time between two reads of the device state, 500..60000 ms. @default 10000 */
  readonly deviceStateReadIntervalMs: number;
  /** Format of its public key in payloads and records. @default binary */
  readonly publicKeyFormat: PublicKeyFormat;
  /** Whether to monitor the OCMF state while a transaction is open. @default true */
  readonly monitorTransactionState: boolean;
  /** Signed values in `every` reading, at the start only (`never`), or at the start and on request. @default every */
  readonly publishSignedValues: "every" | "never" | "on_demand";
  /** Time between two reads of the energies, 500..600000 ms. @default `liveMeasurementIntervalMs`, also the minimum */
  readonly energyIntervalMs: number;
  /** Time between two reads of the temperature, 500..600000 ms. @default like `energyIntervalMs` */
  readonly temperatureIntervalMs: number;
  /** Time between two reads of the signed values, 500..600000 ms. @default like `energyIntervalMs` */
  readonly signedValueIntervalMs: number;
  /** Minutes of an interval of the load profile, or no intervals. @default off */
  readonly intervalMinutes: 5 | 10 | 15 | 30 | 60 | "off";
  /** Whether the signature of each signed value is verified. @default false */
  readonly verifySignedValues: boolean;
}
