import { PortError } from "./errors.ts";

/** How the driver of a serial port switches the direction of an RS-485 transceiver. */
export interface Rs485Settings {
  /** The transceiver sends while RTS is on (`rts`), or while it is off (`rts_inverted`). */
  readonly direction: "rts" | "rts_inverted";
  /** Time from the switch to the first byte, 0..100 ms. */
  readonly delayBeforeMs: number;
  /** Time from the last byte to the switch back, 0..100 ms. */
  readonly delayAfterMs: number;
}

/** Use of the RTS line of a serial port; without a setting it is on, which is the default of the kernel. */
export interface RtsSettings {
  /** The driver switches RTS with each request. @default none */
  readonly rs485?: Rs485Settings;
  /** RTS stays at this level. @default on, as the kernel sets it */
  readonly rts?: "on" | "off";
}

/** The system calls on one open port. */
export interface PortControl {
  /** @returns less than 0: the system returned an error */
  ioctl(request: number, argument: Uint8Array): number;
  /** The error number of the last call. */
  errno(): number;
}

/** Numbers of the ioctl requests, the same on Linux x86-64 and arm64. */
const requests = { setModemLines: 0x5416, clearModemLines: 0x5417, setRs485: 0x542f } as const;
/** TIOCM_RTS. */
const modemRts = 4;
/** Flags of `struct serial_rs485`. */
const rs485Flags = { enabled: 1, rtsOnSend: 2, rtsAfterSend: 4 } as const;
/** Number of 32-bit words in `struct serial_rs485`: flags, two delays, and five reserved words. */
const rs485Words = 8;
/** ENOTTY, EINVAL and EOPNOTSUPP: the driver does not support the request or the setting. */
const unknownToDriver: readonly number[] = [25, 22, 95];

/** Level of RTS while nothing is sent. */
export function restingRts({ rs485, rts }: RtsSettings): boolean {
  if (rs485 !== undefined) return rs485.direction === "rts_inverted";
  return rts !== "off";
}

/**
 * Sets the use of RTS on an open port.
 *
 * @param path for messages
 * @throws {PortError} `unsupported`: the driver of the port cannot do it; `failed`
 */
export function setRts(path: string, { rs485, rts }: RtsSettings, control: PortControl): void {
  if (rs485 !== undefined) {
    const struct = rs485Struct(rs485);
    const doing = `its driver does not switch the direction by RTS (rs485.direction: ${rs485.direction})`;
    const remedy = "most USB adapters switch it themselves: remove rs485 from the configuration of this line; " +
      "otherwise use a port whose driver supports TIOCSRS485";
    call(path, control, requests.setRs485, struct, { doing, remedy });
    // Some drivers return the settings that they have applied
    if (((struct[0] ?? 0) & rs485Flags.enabled) === 0) throw unsupported(path, doing, remedy);
  }
  if (rts === undefined) return;
  const request = rts === "on" ? requests.setModemLines : requests.clearModemLines;
  call(path, control, request, Int32Array.of(modemRts), {
    doing: `it has no RTS line (rts: ${rts})`,
    remedy: "remove rts from the configuration of this line",
  });
}

function rs485Struct({ direction, delayBeforeMs, delayAfterMs }: Rs485Settings): Uint32Array<ArrayBuffer> {
  const struct = new Uint32Array(rs485Words);
  const level = direction === "rts" ? rs485Flags.rtsOnSend : rs485Flags.rtsAfterSend;
  struct.set([rs485Flags.enabled | level, delayBeforeMs, delayAfterMs]);
  return struct;
}

function call(
  path: string,
  { ioctl, errno }: PortControl,
  request: number,
  argument: Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>,
  { doing, remedy }: { readonly doing: string; readonly remedy: string },
): void {
  if (ioctl(request, new Uint8Array(argument.buffer)) >= 0) return;
  const why = errno();
  if (unknownToDriver.includes(why)) throw unsupported(path, doing, remedy);
  throw new PortError(
    "failed",
    `Cannot open ${path}: cannot set RTS (ioctl ${request.toString(16)}h, error ${why})`,
  );
}

function unsupported(path: string, doing: string, remedy: string): PortError {
  return new PortError("unsupported", `Cannot open ${path}: ${doing}; ${remedy}`);
}
