import type { MeterSettings } from "../base/meter_settings.ts";

/** The settings of a meter, and what else it needs to know. */
export interface MeterOptions extends MeterSettings {
  /** Name of the line, for messages. */
  readonly lineName: string;
  /** Start of the live cycle in the interval, 0 to 1, so that the meters of a line take turns. @default 0 */
  readonly gridOffset?: number;
  /**
   * The serial number of the meter that was last found here, also by an earlier process; undefined: none.
   *
   * @default the meter that this process has found
   */
  readonly knownSerialNumber?: () => string | undefined;
  /** Whether the journal has a transaction or a record of this meter. @default false */
  readonly hasBilled?: () => boolean;
  /** False while the meter's clock must not be set, because ours is not synchronised. @default always true */
  readonly maySetClock?: () => boolean;
}
