/** What a meter needs to know; settings have the names and ranges of `docs/configuration.md`. */
export interface MeterOptions {
  readonly name: string;
  /** Name of the line, for messages. */
  readonly lineName: string;
  /** Modbus unit id, 1..255. */
  readonly unit: number;
  readonly communicationRetryCount: number;
  readonly communicationRetryDelayMs: number;
  readonly communicationErrorPauseDelayS: number;
  /** 0 = for ever. */
  readonly initialConnectionRetryCount: number;
  readonly initialConnectionRetryDelayMs: number;
  readonly timezoneOffsetMinutes: number;
  readonly liveMeasurementIntervalMs: number;
  readonly deviceStateReadIntervalMs: number;
  readonly monitorTransactionState: boolean;
  readonly publishSignedValues: "every" | "never" | "on_demand";
  readonly energyIntervalMs: number;
  readonly temperatureIntervalMs: number;
  readonly signedValueIntervalMs: number;
  /** Where in the interval the live cycle begins, 0 to 1, so that the meters of a line take turns. @default 0 */
  readonly gridOffset?: number;
  /** False while the meter's clock must not be set, as ours is not synchronised. @default always true */
  readonly mayGoClock?: () => boolean;
}
