/** What a meter needs to know; settings have the names and ranges of `docs/configuration.md`. */
export interface MeterOptions {
  /** Name of the meter in the configuration. */
  readonly name: string;
  /** Name of the line, for messages. */
  readonly lineName: string;
  /** Modbus unit id, 1..255. */
  readonly unit: number;
  /** Attempts of each transfer after setup, 1..100. */
  readonly communicationRetryCount: number;
  /** Pause between them in milliseconds, 10..10000. */
  readonly communicationRetryDelayMs: number;
  /** Pause in seconds after a failure, before the next setup, 1..600. */
  readonly communicationErrorPauseDelayS: number;
  /** Attempts of each transfer during setup, 1..100; 0 = for ever. */
  readonly initialConnectionRetryCount: number;
  /** Pause between two attempts during setup in milliseconds, 100..60000. */
  readonly initialConnectionRetryDelayMs: number;
  /** Local time offset that the meter is given, -1440..1440. */
  readonly timezoneOffsetMinutes: number;
  /** Zone whose local time the meter is given, daylight saving included, in place of `timezoneOffsetMinutes`. */
  readonly timeZone?: string | undefined;
  /** Interval of the readings in milliseconds, 500..60000. */
  readonly liveMeasurementIntervalMs: number;
  /** Interval of the device state in milliseconds, 500..60000. */
  readonly deviceStateReadIntervalMs: number;
  /** Whether the OCMF state is read in each live cycle of a transaction. */
  readonly monitorTransactionState: boolean;
  /** When signed values are read: with the readings, only when a reading is asked for, or never. */
  readonly publishSignedValues: "every" | "never" | "on_demand";
  /** Interval of the energies in milliseconds, up to 600000. */
  readonly energyIntervalMs: number;
  /** Interval of the temperature in milliseconds, up to 600000. */
  readonly temperatureIntervalMs: number;
  /** Interval of the signed values in milliseconds, up to 600000; for `every` only. */
  readonly signedValueIntervalMs: number;
  /** Whether the meter is mounted the other way round: import counts as export. @default false */
  readonly invert?: boolean;
  /** Whether readings hold {@linkcode ExtendedReading}. @default false */
  readonly extendedValues?: boolean;
  /** Where in the interval the live cycle begins, 0 to 1, so that the meters of a line take turns. @default 0 */
  readonly gridOffset?: number;
  /**
   * The serial number of the meter that was found here last, also by an earlier process; undefined: none was.
   *
   * @default only what this process has found
   */
  readonly knownSerialNumber?: () => string | undefined;
  /** The name of the model that it is metered as, whatever its code. @default the meter says it */
  readonly model?: string;
  /** Whether a transaction or a record of this place is known. @default none is */
  readonly hasBilled?: () => boolean;
  /** False while the meter's clock must not be set, as ours is not synchronised. @default always true */
  readonly maySetClock?: () => boolean;
}
