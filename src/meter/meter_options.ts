import type { MeterSettings } from "../base/meter_settings.ts";

/** The settings of a meter, and what else it needs to know. */
export interface MeterOptions extends MeterSettings {
  /** Name of the line, for messages. */
  readonly lineName: string;
  /** Where in the interval the live cycle begins, 0 to 1, so that the meters of a line take turns. @default 0 */
  readonly gridOffset?: number;
  /**
   * The serial number of the meter that was last found here, also by an earlier process; undefined: none.
   *
   * @default the meter that this process has found
   */
  readonly knownSerialNumber?: () => string | undefined;
  /** Whether a transaction or a record of this place is known. @default none is */
  readonly hasBilled?: () => boolean;
  /** False while the meter's clock must not be set, because ours is not synchronised. @default always true */
  readonly maySetClock?: () => boolean;
}
