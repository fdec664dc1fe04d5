import { type Command, Option } from "commander";
import type { RtsSettings } from "../../bridge/mod.ts";
import { wholeNumber } from "./arguments.ts";

/** The values of the options that {@linkcode withRts} adds. */
export interface RtsOptions {
  readonly rts?: "on" | "off";
  readonly rs485?: "rts" | "rts_inverted";
  readonly rs485DelayBefore: number;
  readonly rs485DelayAfter: number;
}

const maxDelayMs = 100;

/** Adds the options for the RTS signal of a serial port. They match the keys `rts` and `rs485` of a line. */
export function withRts(command: Command): Command {
  return command
    .addOption(
      new Option("--rts <level>", "constant level of RTS, for an adapter that needs one").choices(["on", "off"]),
    )
    .addOption(
      new Option("--rs485 <direction>", "let the driver switch the direction with RTS").choices(["rts", "rts_inverted"])
        .conflicts("rts"),
    )
    .option("--rs485-delay-before <ms>", "time from the switch to the first byte", wholeNumber(0, maxDelayMs), 0)
    .option("--rs485-delay-after <ms>", "time from the last byte to the switch back", wholeNumber(0, maxDelayMs), 0);
}

/** The RTS settings in these options. */
export function rtsOf({ rts, rs485, rs485DelayBefore, rs485DelayAfter }: RtsOptions): RtsSettings {
  if (rts !== undefined) return { rts };
  if (rs485 === undefined) return {};
  return { rs485: { direction: rs485, delayBeforeMs: rs485DelayBefore, delayAfterMs: rs485DelayAfter } };
}
