import { type Command, Option } from "commander";
import type { RtsSettings } from "../../bridge/mod.ts";
import { whole } from "./arguments.ts";

/** What the options of {@linkcode withRts} leave in a command's options. */
export interface RtsOptions {
  readonly rts?: "on" | "off";
  readonly rs485?: "rts" | "rts_inverted";
  readonly rs485DelayBefore: number;
  readonly rs485DelayAfter: number;
}

const longestDelayMs = 100;

/** Adds the options that say what RTS of a serial port is for; they are the keys `rts` and `rs485` of a line. */
export function withRts(command: Command): Command {
  return command
    .addOption(new Option("--rts <level>", "level of RTS, for an adapter that needs one").choices(["on", "off"]))
    .addOption(
      new Option("--rs485 <direction>", "let the driver switch the direction by RTS").choices(["rts", "rts_inverted"])
        .conflicts("rts"),
    )
    .option("--rs485-delay-before <ms>", "from the switch to the first byte", whole(0, longestDelayMs), 0)
    .option("--rs485-delay-after <ms>", "from the last byte to the switch back", whole(0, longestDelayMs), 0);
}

/** What RTS is for, by these options. */
export function rtsOf({ rts, rs485, rs485DelayBefore, rs485DelayAfter }: RtsOptions): RtsSettings {
  if (rts !== undefined) return { rts };
  if (rs485 === undefined) return {};
  return { rs485: { direction: rs485, delayBeforeMs: rs485DelayBefore, delayAfterMs: rs485DelayAfter } };
}
